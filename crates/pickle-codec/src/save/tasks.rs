//! [`Tasks`]: what is begun and not yet written, however much stands within each other.

use alloc::vec::Vec;

use super::Task;
use crate::error::ErrorKind;
use crate::source::Source;

/// The tasks that wait for others, the outermost first.
///
/// The last few are a vector. Older ones are moved away in pieces, so that a million of them are never copied as a whole,
/// and the commonest way to nest deeply in few bytes takes eight bytes a level.
pub(crate) struct Tasks<S: Source> {
    recent: Vec<Task<S>>,
    older: Vec<Piece<S>>,
    /// How many bytes the tasks take in all.
    taken: usize,
    /// How many they may take.
    room: usize,
}

/// So many tasks are moved at a time.
const PIECE: usize = 1024;

/// [`PIECE`] tasks.
enum Piece<S: Source> {
    Mixed(Vec<Task<S>>),
    /// Tuples of one item, which is begun.
    TuplesOfOne(Vec<S::Object>),
    /// Persistent ids, which are begun.
    Persistent,
}

impl<S: Source> Tasks<S> {
    pub(crate) fn new() -> Tasks<S> {
        Tasks { recent: Vec::new(), older: Vec::new(), taken: 0, room: usize::MAX }
    }

    pub(crate) fn set_room(&mut self, bytes: usize) {
        self.room = bytes;
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.older.len() * PIECE + self.recent.len()
    }

    /// Puts a task where it has `height` others below it: at the end, or below a few.
    pub(super) fn insert(&mut self, height: usize, task: Task<S>) -> Result<(), ErrorKind> {
        let at = height - self.older.len() * PIECE;
        self.recent.insert(at, task);
        if self.recent.len() > 2 * PIECE { self.move_away() } else { Ok(()) }
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<Task<S>> {
        match self.recent.pop() {
            None if !self.older.is_empty() => self.take_back(),
            task => task,
        }
    }

    #[cold]
    fn move_away(&mut self) -> Result<(), ErrorKind> {
        let first = &self.recent[..PIECE];
        let piece = if first.iter().all(|task| matches!(task, Task::Persistent(None))) {
            self.recent.drain(..PIECE);
            Piece::Persistent
        } else if first.iter().all(|task| matches!(task, Task::Tuple(tuple) if tuple.length == 1)) {
            let objects = self.recent.drain(..PIECE).filter_map(|task| match task {
                Task::Tuple(tuple) => Some(tuple.object),
                _ => None,
            });
            Piece::TuplesOfOne(objects.collect())
        } else {
            let mut tasks: Vec<Task<S>> = self.recent.drain(..PIECE).collect();
            for task in &mut tasks {
                if let Task::Reduce(reducing) = task {
                    reducing.shrink();
                }
            }
            Piece::Mixed(tasks)
        };
        self.taken += piece.size();
        self.older.push(piece);
        if self.taken > self.room { Err(ErrorKind::TooDeep) } else { Ok(()) }
    }

    #[cold]
    fn take_back(&mut self) -> Option<Task<S>> {
        let piece = self.older.pop()?;
        self.taken -= piece.size();
        match piece {
            Piece::Mixed(tasks) => self.recent = tasks,
            Piece::TuplesOfOne(objects) => self.recent.extend(objects.into_iter().map(Task::EndOfTuple)),
            Piece::Persistent => self.recent.extend((0..PIECE).map(|_| Task::Persistent(None))),
        }
        self.recent.pop()
    }
}

impl<S: Source> Piece<S> {
    /// About how many bytes it takes.
    fn size(&self) -> usize {
        let boxed = |task: &Task<S>| match task {
            Task::Reduce(reducing) => reducing.size(),
            _ => 0,
        };
        match self {
            Piece::Mixed(tasks) => size_of_val(&tasks[..]) + tasks.iter().map(boxed).sum::<usize>(),
            Piece::TuplesOfOne(objects) => size_of_val(&objects[..]),
            Piece::Persistent => 0,
        }
    }
}
