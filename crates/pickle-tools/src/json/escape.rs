//! Strings as `json` writes them.

use pickle_value::Text;

/// Appends the text with its quotes: `json.encoder.encode_basestring_ascii`, or `encode_basestring`.
pub(crate) fn write_text(text: Text<'_>, ensure_ascii: bool, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    if bytes.iter().all(|&byte| is_plain(byte)) {
        out.extend_from_slice(bytes);
    } else if ensure_ascii {
        text.code_points().for_each(|point| write_ascii(point, out));
    } else {
        write_unicode(bytes, out);
    }
    out.push(b'"');
}

/// What both write as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn write_ascii(point: u32, out: &mut Vec<u8>) {
    match u8::try_from(point) {
        Ok(byte) if is_plain(byte) => out.push(byte),
        Ok(byte) => write_escape(byte, out),
        Err(_) if point < 0x1_0000 => write_unit(point, out),
        Err(_) => {
            let offset = point - 0x1_0000;
            write_unit(0xd800 | offset >> 10, out);
            write_unit(0xdc00 | offset & 0x3ff, out);
        }
    }
}

/// Surrogates stay what they are: what `encode('utf-8', 'surrogatepass')` gives.
fn write_unicode(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.extend_from_slice(&rest[..at]);
        write_escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x0c => b'f',
        0x08 => b'b',
        _ => return write_unit(byte.into(), out),
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// `\u00eb`
fn write_unit(unit: u32, out: &mut Vec<u8>) {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 0xf) as usize];
    out.extend_from_slice(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}
