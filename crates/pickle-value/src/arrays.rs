//! NumPy's arrays and PyTorch's tensors, by type and shape.
//!
//! They are no part of Python, and a pickle has them as calls of the packages' own functions. From these the element type
//! and the shape are read; the elements stay where they are.

mod numpy;
mod torch;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::view::{Kind, View};

/// An array of NumPy, or a tensor of PyTorch. Printed as `array float64 [100, 3]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shaped {
    /// What it is: `array`, `tensor`, `parameter`, or the class of an array of NumPy that is another, such as
    /// `numpy.matrix`.
    pub class: String,
    /// The type of its elements, as the package calls it: `float64`, `datetime64[ns]`, `[('x', '<f4'), ('y', '<f4')]`.
    pub dtype: String,
    /// Its lengths, one a dimension.
    pub shape: Vec<u64>,
}

impl Shaped {
    /// What the header of a `.npy` file says: its `descr` and its `shape`.
    #[must_use]
    pub fn of_npy(descr: View<'_>, shape: View<'_>) -> Option<Shaped> {
        numpy::described(descr, shape)
    }
}

/// More dimensions than these no array has.
const MAX_DIMENSIONS: usize = 64;

impl View<'_> {
    /// An array of NumPy.
    #[must_use]
    pub fn as_numpy_array(self) -> Option<Shaped> {
        numpy::array(self)
    }

    /// A dtype of NumPy, by its name: `float64`.
    #[must_use]
    pub fn as_numpy_dtype(self) -> Option<String> {
        numpy::dtype(self)
    }

    /// A tensor or parameter of PyTorch.
    #[must_use]
    pub fn as_tensor(self) -> Option<Shaped> {
        torch::tensor(self)
    }

    /// What these are printed as.
    pub(crate) fn array_like(self) -> Option<String> {
        let shaped = || self.as_numpy_array().or_else(|| self.as_tensor()).map(|shaped| shaped.to_string());
        let scalar = || numpy::scalar(self).map(|dtype| format!("scalar {dtype}"));
        let dtype = || self.as_numpy_dtype().map(|dtype| format!("dtype {dtype}"));
        let storage = || torch::storage(self).map(|storage| storage.to_string());
        shaped().or_else(scalar).or_else(dtype).or_else(storage)
    }
}

impl fmt::Display for Shaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.class, self.dtype, self.shape)
    }
}

/// A tuple of lengths.
fn shape(view: View<'_>) -> Option<Vec<u64>> {
    let is_shape = matches!(view.kind(), Kind::Tuple | Kind::List) && view.len()? <= MAX_DIMENSIONS;
    is_shape.then(|| view.items().map(View::as_u64).collect())?
}
