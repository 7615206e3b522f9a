"""Writes the policy of scikit-learn from the release that is installed: python estimators.py > scikit-learn.toml

An entry allows the estimators of a module. What else fitted ones are made of, trees, losses, indexes of neighbours, is
listed by hand below, from what `benign.py` writes.
"""

import collections
import json
import warnings

warnings.filterwarnings("ignore")

HEAD = """\
# scikit-learn's estimators and what fitted ones are made of. Written by compat/scan/estimators.py.
name = "scikit-learn"
"""

ESTIMATORS = "an estimator: parameters and fitted arrays; its __setstate__ compares versions and keeps the state"

PARTS = [
    (["sklearn.tree._tree"], ["Tree"], ["call", "build"], "the nodes of a tree"),
    (["sklearn.utils._bunch", "sklearn.utils", "sklearn.datasets.base", "sklearn.datasets._base"], ["Bunch"], ["call", "new", "build", "items"], "a dict"),
    (["sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"], ["newObj"], ["call", "build"], "an empty index of a class that is judged"),
    (["sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"], ["KDTree", "BallTree", "KDTree64", "KDTree32", "BallTree64", "BallTree32"], ["new", "build"], "an index of neighbours"),
    (["sklearn.metrics._dist_metrics"], ["newObj"], ["call", "build"], "an empty metric of a class that is judged"),
    (["sklearn.metrics._dist_metrics"], METRICS := ["EuclideanDistance", "EuclideanDistance64", "EuclideanDistance32", "ManhattanDistance", "ManhattanDistance64", "ManhattanDistance32", "MinkowskiDistance", "MinkowskiDistance64", "MinkowskiDistance32", "ChebyshevDistance", "ChebyshevDistance64", "SEuclideanDistance", "SEuclideanDistance64", "MahalanobisDistance", "MahalanobisDistance64", "HammingDistance", "HammingDistance64", "CanberraDistance64", "BrayCurtisDistance64", "JaccardDistance64", "HaversineDistance64"], ["new", "build"], "a metric"),
    (["sklearn._loss.loss"], ["HalfSquaredError", "AbsoluteError", "PinballLoss", "HuberLoss", "HalfPoissonLoss", "HalfGammaLoss", "HalfTweedieLoss", "HalfTweedieLossIdentity", "HalfBinomialLoss", "HalfMultinomialLoss", "ExponentialLoss"], ["new", "build"], "a loss"),
    (["sklearn._loss.link"], ["IdentityLink", "LogLink", "LogitLink", "HalfLogitLink", "MultinomialLogit", "Interval"], ["call", "new", "build"], "a link function's limits"),
    (["sklearn._loss._loss"], ["CyHalfSquaredError", "CyAbsoluteError", "CyPinballLoss", "CyHuberLoss", "CyHalfPoissonLoss", "CyHalfGammaLoss", "CyHalfTweedieLoss", "CyHalfTweedieLossIdentity", "CyHalfBinomialLoss", "CyHalfMultinomialLoss", "CyExponentialLoss", "__pyx_unpickle_CyHalfSquaredError", "__pyx_unpickle_CyAbsoluteError", "__pyx_unpickle_CyHalfPoissonLoss", "__pyx_unpickle_CyHalfGammaLoss", "__pyx_unpickle_CyHalfBinomialLoss", "__pyx_unpickle_CyHalfMultinomialLoss", "__pyx_unpickle_CyExponentialLoss"], ["call", "new", "build"], "a loss's parameters"),
    (["sklearn.linear_model._sgd_fast", "sklearn._loss._loss"], ["Hinge", "SquaredHinge", "Log", "ModifiedHuber", "SquaredLoss", "Huber", "EpsilonInsensitive", "SquaredEpsilonInsensitive"], ["call", "new", "build"], "a loss's parameters"),
    (["sklearn.ensemble._hist_gradient_boosting.predictor"], ["TreePredictor"], ["new", "build"], "the nodes of a tree"),
    (["sklearn.ensemble._hist_gradient_boosting.binning"], ["_BinMapper"], ["new", "build"], "thresholds"),
    (["sklearn.ensemble._gb_losses", "sklearn.ensemble._gb"], ["BinomialDeviance", "LeastSquaresError", "MultinomialDeviance", "ExponentialLoss", "LeastAbsoluteError", "HuberLossFunction", "QuantileLossFunction"], ["new", "build"], "a loss's parameters"),
    (["sklearn.gaussian_process.kernels"], ["RBF", "ConstantKernel", "WhiteKernel", "Matern", "RationalQuadratic", "ExpSineSquared", "DotProduct", "PairwiseKernel", "Sum", "Product", "Exponentiation", "CompoundKernel", "Hyperparameter"], ["call", "new", "build"], "a kernel's parameters"),
    (["sklearn.calibration"], ["_CalibratedClassifier", "_SigmoidCalibration", "_TemperatureScaling"], ["new", "build"], "a fitted calibration"),
    (["sklearn.cluster._birch"], ["_CFNode", "_CFSubcluster"], ["new", "build"], "the nodes of a tree"),
    (["sklearn.cluster._bisect_k_means"], ["_BisectingTree"], ["new", "build"], "the nodes of a tree"),
    (["sklearn.preprocessing._label", "sklearn.preprocessing.label"], ["LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer"], ["new", "build"], ESTIMATORS),
    (["sklearn.model_selection._split"], ["KFold", "StratifiedKFold", "GroupKFold", "ShuffleSplit", "StratifiedShuffleSplit", "TimeSeriesSplit", "LeaveOneOut", "RepeatedKFold", "RepeatedStratifiedKFold", "_CVIterableWrapper", "PredefinedSplit"], ["new", "build"], "how data is split"),
    (["sklearn.metrics._scorer"], ["_Scorer", "_CurveScorer", "_PredictScorer", "_ProbaScorer", "_ThresholdScorer", "_PassthroughScorer", "_MultimetricScorer"], ["new", "build"], "a function of scikit-learn with its parameters"),
    (["sklearn.utils._metadata_requests", "sklearn.utils._mocking"], ["MetadataRequest", "MethodMetadataRequest"], ["new", "build"], "which metadata is asked for"),
    (["sklearn.utils.deprecation", "sklearn.utils._tags"], ["Tags", "InputTags", "TargetTags", "ClassifierTags", "RegressorTags", "TransformerTags"], ["new", "build"], "what an estimator is"),
    (["sklearn.impute._base"], ["MissingIndicator", "SimpleImputer"], ["new", "build"], ESTIMATORS),
    (["sklearn.impute._iterative"], ["_ImputerTriplet"], ["call", "new"], "a step of an imputation"),
    (["sklearn.feature_selection._univariate_selection"], ["f_classif", "f_regression", "chi2"], [], "a function of arrays, named only"),
    (["sklearn.feature_selection._mutual_info"], ["mutual_info_classif", "mutual_info_regression"], [], "a function of arrays, named only"),
    (["sklearn.metrics._classification"], ["accuracy_score", "balanced_accuracy_score", "f1_score", "precision_score", "recall_score", "log_loss"], [], "a function of arrays, named only"),
    (["sklearn.metrics._regression"], ["r2_score", "mean_squared_error", "mean_absolute_error"], [], "a function of arrays, named only"),
    (["sklearn.metrics._ranking"], ["roc_auc_score", "average_precision_score"], [], "a function of arrays, named only"),
    (["sklearn.metrics.pairwise"], ["rbf_kernel", "linear_kernel", "polynomial_kernel", "euclidean_distances", "cosine_similarity"], [], "a function of arrays, named only"),
    (["sklearn.neural_network._stochastic_optimizers"], ["AdamOptimizer", "SGDOptimizer"], ["new", "build"], "an optimizer's state"),
    (["sklearn.multiclass"], ["_ConstantPredictor"], ["new", "build"], ESTIMATORS),
    (["sklearn.gaussian_process._gpc"], ["_BinaryGaussianProcessClassifierLaplace"], ["new", "build"], ESTIMATORS),
    (["sklearn.cluster._kmeans"], ["_kmeans_single_lloyd", "_kmeans_single_elkan"], [], "a function of arrays, named only"),
    (["sklearn.base"], ["clone"], [], "it copies an estimator, named only"),
    (["sklearn.linear_model._base", "sklearn.linear_model.base", "sklearn.linear_model.logistic", "sklearn.tree.tree", "sklearn.ensemble.forest", "sklearn.svm.classes", "sklearn.cluster.k_means_", "sklearn.preprocessing.data", "sklearn.preprocessing._encoders", "sklearn.neighbors.classification", "sklearn.naive_bayes", "sklearn.feature_extraction.text", "sklearn.pipeline", "sklearn.decomposition.pca"], ["LinearRegression", "LogisticRegression", "DecisionTreeClassifier", "DecisionTreeRegressor", "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "SVC", "SVR", "KMeans", "StandardScaler", "MinMaxScaler", "OneHotEncoder", "KNeighborsClassifier", "GaussianNB", "CountVectorizer", "TfidfVectorizer", "TfidfTransformer", "HashingVectorizer", "Pipeline", "FeatureUnion", "PCA"], ["new", "build"], ESTIMATORS + "; by the names of earlier releases too"),
    (["scipy.sparse._csr", "scipy.sparse._csc", "scipy.sparse._coo", "scipy.sparse._bsr", "scipy.sparse._dia", "scipy.sparse._dok", "scipy.sparse._lil", "scipy.sparse", "scipy.sparse.csr", "scipy.sparse.csc", "scipy.sparse.coo"], [f"{kind}_{of}" for kind in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil") for of in ("matrix", "array")], ["call", "new", "build", "items"], "a sparse matrix: arrays and a shape"),
    (["scipy.interpolate._interpolate", "scipy.interpolate.interpolate"], ["interp1d", "BPoly", "PPoly"], ["new", "build"], "a curve's points"),
    (["scipy.interpolate._bsplines"], ["BSpline", "_BSpline"], ["new", "build"], "a curve's points"),
    (["scipy.spatial._ckdtree", "scipy.spatial"], ["cKDTree", "KDTree"], ["call", "new", "build"], "an index of neighbours"),
    (["scipy.stats._distn_infrastructure"], ["rv_continuous_frozen", "rv_discrete_frozen", "rv_frozen"], ["new", "build"], "a distribution with its parameters"),
    (["scipy.stats._continuous_distns"], ["uniform_gen", "norm_gen", "expon_gen", "loguniform_gen", "reciprocal_gen"], ["new", "build"], "a distribution"),
]


def main():
    from sklearn.utils import all_estimators

    modules = collections.defaultdict(list)
    for name, estimator in all_estimators():
        modules[estimator.__module__].append(name)
    print(HEAD)
    for module in sorted(modules):
        entry([module], sorted(modules[module]), ["new", "build"], ESTIMATORS)
    for part in PARTS:
        entry(*part)


def entry(modules, names, operations, reason):
    print("[[allow]]")
    for key, value in (("modules", modules), ("names", names), ("operations", operations), ("reason", reason)):
        print(f"{key} = {json.dumps(value)}")
    print()


if __name__ == "__main__":
    main()
