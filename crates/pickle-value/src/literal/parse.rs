//! [`parse`]: the value of a Python literal.

use alloc::string::String;
use alloc::vec::Vec;

use super::number::Number;
use super::scan::{Scanner, Token};
use super::string::Content;
use crate::build::Builder;
use crate::error::{Error, ErrorKind};
use crate::graph::Graph;
use crate::handle::Handle;

/// The value of a Python literal: what `ast.literal_eval` of CPython 3.13 takes, and gives.
///
/// These are str and bytes with every prefix, escape and implicit concatenation, ints in every base, floats, complex
/// numbers (`1+2j`), tuples, lists, dicts, sets, `set()`, `None`, `True`, `False` and `...`. What `repr` writes of them
/// is read back as the same value.
///
/// ```
/// use pickle_value::literal;
///
/// let graph = literal::parse(r"{'name': 'Ann' '\x21', 'at': (0x10, -2.5, 1+2j), 'raw': rb'\d', 'tags': {1, 1}}")?;
/// assert_eq!(graph.to_string(), r"{'name': 'Ann!', 'at': (16, -2.5, (1+2j)), 'raw': b'\\d', 'tags': {1}}");
///
/// let error = literal::parse("[1, x]").unwrap_err();
/// assert_eq!(error.to_string(), "a name is no literal (line 1, column 5)");
/// # Ok::<(), pickle_value::Error>(())
/// ```
///
/// Identity is Python's too: each literal is an object of its own, but for bytes of length 1, which Python has one of
/// each; text of length 1 is alike, and the writers of pickles know.
///
/// It goes beyond CPython in one thing: CPython's parser refuses more than 200 nested brackets, this one takes any depth. It
/// does not know identifiers that only become `set` by Unicode's compatibility forms.
///
/// # Errors
///
/// [`ErrorKind::Literal`], with the place, for anything else, and without the feature `unicode-names` for `\N{…}`; [`ErrorKind::TooManyObjects`].
#[doc(alias = "literal_eval")]
pub fn parse(text: &str) -> Result<Graph<'_>, Error> {
    let mut parser = Parser {
        scanner: Scanner::new(text)?,
        builder: Builder::with_input(text.as_bytes()),
        open: Vec::new(),
        items: Vec::new(),
        single_bytes: [None; 256],
    };
    let root = parser.run()?;
    Ok(parser.builder.finish(root))
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    builder: Builder<'t>,
    /// The brackets that are open; the first is the text itself, which may be a tuple without any.
    open: Vec<Open>,
    /// The items so far of all open brackets.
    items: Vec<Handle>,
    /// Python has one object for each bytes of length 1.
    single_bytes: [Option<Handle>; 256],
}

/// A bracket that is open, and what stands before the next operand in it.
struct Open {
    bracket: Bracket,
    /// Where it stands.
    at: usize,
    /// Where its items start.
    start: usize,
    comma: bool,
    before: Before,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// The text as a whole.
    None,
    Round,
    Square,
    /// Nothing in it says yet whether it is a dict or a set.
    Curly,
    /// A dict in which a key is next.
    Key,
    /// A dict in which a value is next.
    Value,
    Set,
}

/// What stands before an operand.
enum Before {
    Nothing,
    Sign(Sign),
    /// A real number and a sign: the operand is to be an imaginary number.
    Real(f64, Sign),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

/// An expression, as far as it matters what may still be done with it: parentheses around it leave no trace.
enum Operand {
    Number(Number),
    /// A number with a sign, which takes no other.
    Signed(Number),
    /// The name `set`, to be called.
    SetName,
    Value(Handle),
}

impl<'t> Parser<'t> {
    fn run(&mut self) -> Result<Handle, Error> {
        self.open_bracket(Bracket::None, 0);
        loop {
            let (at, token) = self.scanner.next()?;
            let operand = match token {
                Token::Open(byte) => {
                    let bracket = match byte {
                        b'(' => Bracket::Round,
                        b'[' => Bracket::Square,
                        _ => Bracket::Curly,
                    };
                    self.open_bracket(bracket, at);
                    continue;
                }
                Token::Sign(byte) => {
                    self.sign(byte, at)?;
                    continue;
                }
                Token::Close(byte) => self.close(byte, at, None)?,
                // Behind a comma that has made the whole text a tuple.
                Token::End if self.open.len() == 1 && self.top().comma => {
                    return self.builder.tuple(&self.items);
                }
                token => self.atom(token, at)?,
            };
            if let Some(root) = self.behind(operand, at)? {
                return Ok(root);
            }
        }
    }

    fn open_bracket(&mut self, bracket: Bracket, at: usize) {
        self.open.push(Open { bracket, at, start: self.items.len(), comma: false, before: Before::Nothing });
    }

    fn top(&mut self) -> &mut Open {
        self.open.last_mut().expect("the text itself stays open until its end")
    }

    /// A sign before an operand.
    fn sign(&mut self, byte: u8, at: usize) -> Result<(), Error> {
        match self.top().before {
            Before::Nothing => {
                self.top().before = Before::Sign(Sign::of(byte));
                Ok(())
            }
            _ => Err(self.scanner.error(at, "a second sign is no literal")),
        }
    }

    /// What stands for a value by itself.
    fn atom(&mut self, token: Token<'t>, at: usize) -> Result<Operand, Error> {
        let problem = match token {
            Token::Number(number) => return Ok(Operand::Number(number)),
            Token::Text(content) => return self.builder.text_from_utf8(content.as_bytes()).map(Operand::Value),
            Token::Bytes(content) => return self.bytes(&content).map(Operand::Value),
            Token::Ellipsis => return Ok(Operand::Value(self.builder.ellipsis())),
            Token::Name("None") => return Ok(Operand::Value(self.builder.none())),
            Token::Name("True") => return Ok(Operand::Value(self.builder.bool(true))),
            Token::Name("False") => return Ok(Operand::Value(self.builder.bool(false))),
            Token::Name("set") => return Ok(Operand::SetName),
            Token::Name(_) => "a name is no literal",
            Token::End if self.open.len() > 1 => {
                let at = self.top().at;
                return Err(self.scanner.error(at, "the bracket is not closed"));
            }
            Token::End => "a value is missing",
            _ => "invalid syntax",
        };
        Err(self.scanner.error(at, problem))
    }

    fn bytes(&mut self, content: &Content<'_>) -> Result<Handle, Error> {
        let &[byte] = content.as_bytes() else {
            return self.builder.bytes(content.as_bytes());
        };
        match self.single_bytes[usize::from(byte)] {
            Some(known) => Ok(known),
            None => Ok(*self.single_bytes[usize::from(byte)].insert(self.builder.bytes(&[byte])?)),
        }
    }

    /// Goes on behind an operand, up to where the next one is due; gives the value at the end of the text.
    fn behind(&mut self, mut operand: Operand, mut operand_at: usize) -> Result<Option<Handle>, Error> {
        loop {
            let (at, token) = self.scanner.next()?;
            match token {
                Token::Open(b'(') if matches!(operand, Operand::SetName) => {
                    let (at, token) = self.scanner.next()?;
                    if !matches!(token, Token::Close(b')')) {
                        return Err(self.scanner.error(at, "set() takes nothing in a literal"));
                    }
                    operand = Operand::Value(self.builder.set(&[])?);
                }
                Token::Open(_) => return Err(self.scanner.error(at, "a call or subscript is no literal")),
                Token::Sign(byte) => {
                    let left = self.finish_operand(operand, operand_at)?;
                    let left = self.real(left, at)?;
                    self.top().before = Before::Real(left, Sign::of(byte));
                    return Ok(None);
                }
                Token::Comma => {
                    let operand = self.finish_operand(operand, operand_at)?;
                    self.item(operand, operand_at)?;
                    self.comma(at)?;
                    return Ok(None);
                }
                Token::Colon => {
                    let operand = self.finish_operand(operand, operand_at)?;
                    self.item(operand, operand_at)?;
                    return self.colon(at).map(|()| None);
                }
                Token::Close(byte) => {
                    let inner = self.finish_operand(operand, operand_at)?;
                    operand_at = self.top().at;
                    operand = self.close(byte, at, Some(inner))?;
                }
                Token::End if self.open.len() == 1 => {
                    let operand = self.finish_operand(operand, operand_at)?;
                    return self.end(operand, operand_at).map(Some);
                }
                Token::End => {
                    let at = self.top().at;
                    return Err(self.scanner.error(at, "the bracket is not closed"));
                }
                _ => return Err(self.scanner.error(at, "invalid syntax: two values with nothing between them")),
            }
        }
    }

    /// Applies what stands before an operand.
    fn finish_operand(&mut self, operand: Operand, at: usize) -> Result<Operand, Error> {
        match (core::mem::replace(&mut self.top().before, Before::Nothing), operand) {
            (Before::Nothing, operand) => Ok(operand),
            (Before::Sign(Sign::Plus), Operand::Number(number)) => Ok(Operand::Signed(number)),
            (Before::Sign(Sign::Minus), Operand::Number(number)) => Ok(Operand::Signed(number.negated())),
            (Before::Sign(_), _) => Err(self.scanner.error(at, "only a number takes a sign in a literal")),
            (Before::Real(real, sign), Operand::Number(Number::Imaginary(imaginary))) => {
                // As Python adds and subtracts `0+imaginary*j`, signs of zeros included.
                let (real, imaginary) = match sign {
                    Sign::Plus => (real + 0.0, 0.0 + imaginary),
                    Sign::Minus => (real - 0.0, 0.0 - imaginary),
                };
                self.builder.complex(real, imaginary).map(Operand::Value)
            }
            (Before::Real(..), _) => Err(self.scanner.error(at, "only an imaginary number is added in a literal")),
        }
    }

    /// The left side of `1+2j`.
    fn real(&self, operand: Operand, at: usize) -> Result<f64, Error> {
        let real = match operand {
            Operand::Number(number) | Operand::Signed(number) => number.to_real(),
            _ => Err("only a real number is added to in a literal"),
        };
        real.map_err(|problem| self.scanner.error(at, problem))
    }

    /// Enters a value where it belongs.
    fn item(&mut self, operand: Operand, at: usize) -> Result<(), Error> {
        let handle = self.value(operand, at)?;
        self.items.push(handle);
        Ok(())
    }

    fn value(&mut self, operand: Operand, at: usize) -> Result<Handle, Error> {
        match operand {
            Operand::Value(handle) => Ok(handle),
            Operand::Number(number) | Operand::Signed(number) => number.build(&mut self.builder),
            Operand::SetName => Err(self.scanner.error(at, "a name is no literal")),
        }
    }

    fn comma(&mut self, at: usize) -> Result<(), Error> {
        let top = self.top();
        top.comma = true;
        match top.bracket {
            Bracket::Curly => top.bracket = Bracket::Set,
            Bracket::Value => top.bracket = Bracket::Key,
            Bracket::Key => return Err(self.scanner.error(at, "a dict's key has no value")),
            _ => {}
        }
        Ok(())
    }

    fn colon(&mut self, at: usize) -> Result<(), Error> {
        match self.top().bracket {
            Bracket::Curly | Bracket::Key => {
                let top = self.top();
                top.bracket = Bracket::Value;
                top.comma = false;
                Ok(())
            }
            _ => Err(self.scanner.error(at, "invalid syntax: a colon belongs between a dict's key and value")),
        }
    }

    /// A closing bracket, behind the last operand or, without one, behind a comma or the opening bracket.
    fn close(&mut self, byte: u8, at: usize, last: Option<Operand>) -> Result<Operand, Error> {
        let top = self.top();
        let (bracket, opened, start, comma) = (top.bracket, top.at, top.start, top.comma);
        let expected = match bracket {
            Bracket::None => return Err(self.scanner.error(at, "no bracket is open")),
            Bracket::Round => b')',
            Bracket::Square => b']',
            _ => b'}',
        };
        if byte != expected {
            return Err(self.scanner.error(at, "the bracket does not match the one that is open"));
        }
        let complete = match &last {
            Some(_) => bracket != Bracket::Key,
            // A bracket closes behind itself, or behind one comma that follows something.
            None => {
                let nothing_before = matches!(top.before, Before::Nothing);
                nothing_before && bracket != Bracket::Value && (comma || self.items.len() == start)
            }
        };
        if !complete {
            return Err(self.scanner.error(at, "a value is missing"));
        }
        match last {
            Some(operand) if bracket == Bracket::Round && !comma => {
                self.open.pop();
                return Ok(operand);
            }
            Some(operand) => self.item(operand, at)?,
            None => {}
        }
        self.open.pop();
        let items = &self.items[start..];
        let built = match bracket {
            Bracket::None | Bracket::Round => self.builder.tuple(items),
            Bracket::Square => self.builder.list(items),
            Bracket::Curly if items.is_empty() => self.builder.dict(&[]),
            Bracket::Curly | Bracket::Set => self.builder.set(items),
            Bracket::Key | Bracket::Value => self.builder.dict(items),
        };
        self.items.truncate(start);
        built.map(Operand::Value).map_err(|error| self.with_place(error, opened))
    }

    /// The end of the text, behind an operand.
    fn end(&mut self, operand: Operand, at: usize) -> Result<Handle, Error> {
        let handle = self.value(operand, at)?;
        if !self.top().comma {
            return Ok(handle);
        }
        self.items.push(handle);
        self.builder.tuple(&self.items)
    }

    /// An unhashable key is a fault of the text.
    fn with_place(&self, error: Error, at: usize) -> Error {
        match error.kind() {
            ErrorKind::Unhashable(_) => self.scanner.error(at, alloc::format!("{error}")),
            _ => error,
        }
    }
}

impl Sign {
    fn of(byte: u8) -> Sign {
        if byte == b'-' { Sign::Minus } else { Sign::Plus }
    }
}

/// The place of a problem in a text.
#[cold]
pub(super) fn error(text: &str, offset: usize, problem: impl Into<String>) -> Error {
    let before = text.get(..offset).unwrap_or(text);
    let lines = || before.split_inclusive(['\n', '\r']);
    // A carriage return and the newline behind it end one line.
    let ends = before.matches('\n').count() + before.matches('\r').count() - before.matches("\r\n").count();
    let last = lines().next_back().filter(|line| !line.ends_with(['\n', '\r'])).unwrap_or("");
    let column = last.chars().count() + 1;
    Error::new(ErrorKind::Literal { problem: problem.into(), offset, line: ends + 1, column })
}
