//! PyTorch: `torch._utils._rebuild_tensor_v2` and the like, over storages that the pickle only names.

use alloc::string::String;

use super::{Shaped, shape};
use crate::object::ObjectKind;
use crate::stdlib::{Made, ascii};
use crate::view::{Kind, View};

pub(super) fn tensor(view: View<'_>) -> Option<Shaped> {
    let made = Made::of(view).filter(|made| made.module == "torch._utils")?;
    match made.name {
        "_rebuild_parameter" | "_rebuild_parameter_with_state" => {
            let data = rebuilt(Made::of(made.arg(0))?)?;
            Some(Shaped { class: "parameter".into(), ..data })
        }
        _ => rebuilt(made),
    }
}

fn rebuilt(made: Made<'_>) -> Option<Shaped> {
    let is_tensor = made.module == "torch._utils"
        && matches!(made.name, "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3" | "_rebuild_qtensor");
    if !is_tensor {
        return None;
    }
    let stored = storage(made.arg(0));
    let dtype = match made.name {
        "_rebuild_tensor_v3" => made.arg(6).as_global().filter(|(module, _)| *module == "torch")?.1.into(),
        _ => stored?.dtype,
    };
    Some(Shaped { class: "tensor".into(), dtype, shape: shape(size(made.arg(2)))? })
}

/// A `torch.Size` is a tuple; it may be pickled as one or as itself.
fn size(view: View<'_>) -> View<'_> {
    Made::of(view).filter(|made| made.is("torch", "Size")).map_or(view, |made| made.arg(0))
}

/// What a persistent id says of a storage: `('storage', torch.FloatStorage, '0', 'cpu', 1728)`.
pub(super) fn storage(view: View<'_>) -> Option<Shaped> {
    let object = view.as_object().filter(|object| object.kind() == ObjectKind::Persistent)?;
    let id = object.field(0);
    if id.kind() != Kind::Tuple || id.len()? < 5 || ascii(id.get(0)) != Some("storage") {
        return None;
    }
    let (module, class) = id.get(1).as_global()?;
    let is_torch = matches!(module, "torch" | "torch.cuda" | "torch.storage");
    let dtype = class.strip_suffix("Storage").filter(|_| is_torch)?;
    let length = id.get(4).as_u64()?;
    Some(Shaped { class: "storage".into(), dtype: String::from(element(dtype)?), shape: [length].into() })
}

/// The dtype of a storage's class.
fn element(storage: &str) -> Option<&'static str> {
    Some(match storage {
        "Double" => "float64",
        "Float" => "float32",
        "Half" => "float16",
        "BFloat16" => "bfloat16",
        "Long" => "int64",
        "Int" => "int32",
        "Short" => "int16",
        "Char" => "int8",
        "Byte" => "uint8",
        "Bool" => "bool",
        "ComplexDouble" => "complex128",
        "ComplexFloat" => "complex64",
        "QInt8" => "qint8",
        "QUInt8" => "quint8",
        "QInt32" => "qint32",
        "Untyped" => "bytes",
        _ => return None,
    })
}
