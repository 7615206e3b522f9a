"""Writes what a real PyTorch saves: python torch_files.py FOLDER [--small]

Files whose names begin with `whole-` have more in them than tensors and plain values, and are not clean; all others are.
They are written in both of PyTorch's formats where it has both. With --small only those are written that stand in
`crates/pickle-tools/tests/data/torch`, and beside them the names that `torch.load` takes with `weights_only`.
"""

import argparse
import collections
import os
import warnings

import torch
from torch import nn

SMALL = {"state-dict", "state-dict.legacy", "optimizer-adam", "quantized", "sparse", "whole-scale"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--small", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    warnings.simplefilter("ignore")
    torch.manual_seed(1)
    for name, value in values():
        for suffix, options in (("", {}), (".legacy", {"_use_new_zipfile_serialization": False})):
            if not args.small or name + suffix in SMALL:
                save(os.path.join(args.folder, f"{name}{suffix}.pt"), value, options)
    if args.small:
        weights_only(args.folder)
    else:
        scripted(args.folder)


def save(path, value, options):
    try:
        torch.save(value, path, **options)
    except (RuntimeError, NotImplementedError, AttributeError, TypeError) as error:
        os.path.exists(path) and os.remove(path)
        print(f"{os.path.basename(path)}: {error}")


def values():
    yield from modules()
    yield from optimizers()
    yield from tensors()
    yield from checkpoints()
    yield from whole()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        return self.layers(x)


class Scale(nn.Module):
    """One that needs nothing."""

    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(2))

    def forward(self, x):
        return x * self.factor


def modules():
    yield "state-dict", nn.Linear(2, 3).state_dict()
    yield "state-dict-net", Net().state_dict()
    yield "state-dict-lstm", nn.LSTM(3, 4, num_layers=2, bidirectional=True).state_dict()
    yield "state-dict-transformer", nn.TransformerEncoderLayer(8, 2, dim_feedforward=8).state_dict()
    yield "state-dict-attention", nn.MultiheadAttention(8, 2).state_dict()
    yield "state-dict-embedding", nn.EmbeddingBag(5, 3, mode="sum").state_dict()
    yield "state-dict-half", nn.Linear(2, 3).half().state_dict()
    yield "state-dict-bfloat16", nn.Linear(2, 3).bfloat16().state_dict()
    yield "state-dict-spectral", nn.utils.spectral_norm(nn.Linear(2, 3)).state_dict()
    yield "state-dict-weight-norm", nn.utils.parametrizations.weight_norm(nn.Linear(2, 3)).state_dict()
    yield "state-dict-lazy", nn.LazyLinear(3).state_dict()
    yield "state-dict-meta", nn.Linear(2, 3, device="meta").state_dict()
    yield "state-dict-keep-vars", nn.Linear(2, 3).state_dict(keep_vars=True)
    yield "parameters", nn.ParameterDict({"a": nn.Parameter(torch.ones(2))}).state_dict()
    yield "parameter-list", list(nn.Linear(2, 3).parameters())


def optimizers():
    kinds = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, amsgrad=True),
        "adamw": torch.optim.AdamW,
        "adagrad": torch.optim.Adagrad,
        "adadelta": torch.optim.Adadelta,
        "adamax": torch.optim.Adamax,
        "asgd": torch.optim.ASGD,
        "nadam": torch.optim.NAdam,
        "radam": torch.optim.RAdam,
        "rmsprop": lambda p: torch.optim.RMSprop(p, momentum=0.5, centered=True),
        "rprop": torch.optim.Rprop,
        "tensor-lr": lambda p: torch.optim.Adam(p, lr=torch.tensor(0.01)),
    }
    for name, make in kinds.items():
        model = nn.Linear(2, 3)
        optimizer = make(model.parameters())
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        yield f"optimizer-{name}", optimizer.state_dict()
    model = nn.Linear(2, 3)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=2)
    optimizer.step(lambda: model(torch.ones(1, 2)).sum())
    yield "optimizer-lbfgs", optimizer.state_dict()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedulers = torch.optim.lr_scheduler
    made = {
        "step": schedulers.StepLR(optimizer, 2),
        "multi-step": schedulers.MultiStepLR(optimizer, [2, 4]),
        "cosine": schedulers.CosineAnnealingLR(optimizer, 10),
        "one-cycle": schedulers.OneCycleLR(optimizer, 0.1, total_steps=10),
        "plateau": schedulers.ReduceLROnPlateau(optimizer),
        "exponential": schedulers.ExponentialLR(optimizer, 0.9),
    }
    for name, scheduler in made.items():
        yield f"scheduler-{name}", scheduler.state_dict()
    yield "scaler", torch.amp.GradScaler("cpu").state_dict()


def tensors():
    dtypes = [
        "float16 float32 float64 bfloat16 complex32 complex64 complex128 uint8 uint16 uint32 uint64 int8 int16 int32 int64 bool",
        "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz",
    ]
    for name in " ".join(dtypes).split():
        if hasattr(torch, name):
            yield f"tensor-{name}", torch.zeros(3, dtype=torch.float32).to(getattr(torch, name))
    yield "tensor-scalar", torch.tensor(1.5)
    yield "tensor-empty", torch.empty(0, 3)
    yield "tensor-view", torch.arange(12.0).reshape(3, 4).t()[1:]
    yield "tensor-shared", (lambda t: [t[:2], t[2:], t])(torch.arange(4.0))
    yield "tensor-conjugated", torch.tensor([1 + 2j]).conj()
    yield "tensor-negated", torch.tensor([1 + 2j]).conj().imag
    yield "tensor-channels-last", torch.zeros(1, 2, 2, 2).to(memory_format=torch.channels_last)
    yield "tensor-attribute", attributed()
    yield "tensor-gradient", torch.ones(2, requires_grad=True)
    yield "parameter", nn.Parameter(torch.ones(2))
    yield "parameter-attribute", attributed(nn.Parameter(torch.ones(2)))
    yield "buffer", nn.Buffer(torch.ones(2))
    yield "storage", torch.arange(3.0).untyped_storage()
    yield "storage-typed", torch.arange(3.0).storage()
    yield "shape", torch.ones(2, 3).shape
    yield "device", torch.device("cpu")
    yield "dtypes", [torch.float32, torch.int64, torch.bool, torch.quint8]
    yield "layouts", [torch.strided, torch.sparse_coo, torch.sparse_csr]
    yield "schemes", [torch.per_tensor_affine, torch.per_channel_affine]
    yield "sparse", torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 2))
    yield "sparse-coalesced", torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 2)).coalesce()
    dense = torch.eye(4)
    yield "sparse-csr", dense.to_sparse_csr()
    yield "sparse-csc", dense.to_sparse_csc()
    yield "sparse-bsr", dense.to_sparse_bsr((2, 2))
    yield "sparse-bsc", dense.to_sparse_bsc((2, 2))
    yield "nested", torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
    yield "quantized", torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8)
    yield "quantized-qint8", torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)
    yield "quantized-qint32", torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint32)
    scales, zeros = torch.tensor([0.1, 0.2]), torch.tensor([0, 0])
    yield "quantized-channels", torch.quantize_per_channel(torch.ones(2, 2), scales, zeros, 0, torch.qint8)
    float_zeros = torch.tensor([0.0, 0.0])
    yield "quantized-quint4x2", torch.quantize_per_channel(torch.ones(2, 2), scales, float_zeros, 0, torch.quint4x2)
    yield "meta", torch.empty(3, device="meta")
    yield "random-state", torch.get_rng_state()
    yield "dynamically-quantized", torch.ao.quantization.quantize_dynamic(Net(), {nn.Linear}).state_dict()


def attributed(tensor=None):
    tensor = torch.ones(2) if tensor is None else tensor
    tensor.note = "kept"
    return tensor


def checkpoints():
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    yield "checkpoint", {
        "epoch": 3,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "loss": 0.25,
        "history": [(1, 0.5), (2, None)],
        "random": torch.get_rng_state(),
        "classes": {"cat", "dog"},
        "version": torch.__version__,
        "args": collections.OrderedDict(lr=0.1, name="run"),
        "counts": collections.Counter("abca"),
        "best": torch.tensor(0.5, dtype=torch.float64),
    }


def whole():
    yield "whole-linear", nn.Linear(2, 3)
    yield "whole-net", Net()
    yield "whole-scale", Scale()
    yield "whole-sequential", nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    yield "whole-optimizer", torch.optim.SGD(nn.Linear(2, 3).parameters(), lr=0.1)
    yield "whole-module-list", nn.ModuleList([nn.Linear(2, 2)])
    yield "whole-quantized", torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(2, 2)), {nn.Linear})
    yield "whole-function", {"act": torch.nn.functional.relu}
    yield "whole-load", {"load": torch.load}
    yield "whole-hub", {"load": torch.hub.load}
    yield "whole-distribution", torch.distributions.Normal(0.0, 1.0)
    # Tensors, and still more than that: one names `torch._dynamo`, the other takes an attribute of a module.
    yield "whole-jagged", torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    yield "whole-memory-format", torch.preserve_format
    yield "whole-dataset", torch.utils.data.TensorDataset(torch.ones(2))


def scripted(folder):
    """TorchScript has code of its own in the archive, which its loader runs."""
    torch.jit.script(nn.Linear(2, 3)).save(os.path.join(folder, "whole-script.pt"))


def weights_only(folder):
    names = sorted(torch._weights_only_unpickler._get_allowed_globals())
    with open(os.path.join(folder, "weights-only.txt"), "w", newline="\n") as file:
        file.write(f"# What torch.load of PyTorch {torch.__version__} takes with weights_only.\n")
        file.writelines(f"{name}\n" for name in names)


if __name__ == "__main__":
    main()
