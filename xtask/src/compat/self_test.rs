//! `cargo xtask compat --self-test`: every planted difference has to be noticed, and nothing else.

use std::collections::BTreeSet;
use std::process::ExitCode;

use super::answers::{Answers, Filter};
use super::compare::{Judge, Subject, compare};
use super::corpus::Corpus;
use super::difference::Difference;
use super::judged::Judged;
use super::outcome::Outcome;
use super::report::Report;
use super::sabotage::{ALL, Sabotage, Target};
use crate::{Result, paths};

/// One case in so many is taken, and all that have a reason.
const STRIDE: usize = 5;

/// Plants each difference that we know in turn.
pub(crate) fn run(filter: &Filter, jobs: usize) -> Result<ExitCode> {
    let corpus = Corpus::read(&paths::corpus())?;
    let newest = corpus.newest().ok_or("the corpus is empty")?;
    let mut answers = newest.clone();
    let mut index = 0;
    answers.cases.retain(|case| {
        index += 1;
        // What waits for something is not judged.
        case.pending.is_none() && filter.wants(&case.name) && (case.reason.is_some() || index % STRIDE == 0)
    });
    // What differs before anything is planted would hide what is.
    let judged = Judged::read(&paths::corpus())?;
    let before = run_once(&answers, &answers, &judged, None, jobs);
    let differing: BTreeSet<&str> = before.differences.iter().map(|difference| difference.case.as_str()).collect();
    answers.cases.retain(|case| !differing.contains(case.name.as_str()));
    println!(
        "planting differences in {} cases of CPython {} from the corpus ({} more differ as it is)",
        answers.cases.len(),
        newest.label(),
        differing.len(),
    );

    let mut missed = 0;
    for sabotage in ALL {
        let verdict = plant(sabotage, &answers, &judged, jobs);
        let name = format!("{}: {}", sabotage.comparison.name(), sabotage.name);
        match verdict {
            Ok((count, example)) => {
                println!("  {name:<66} noticed {count} of {count}, such as");
                println!("      {}", example.title().chars().take(150).collect::<String>());
            }
            Err(problem) => {
                missed += 1;
                println!("  {name:<66} NOT NOTICED: {problem}");
            }
        }
    }
    println!("{} planted differences, {} noticed, {missed} missed", ALL.len(), ALL.len() - missed);
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plants one difference wherever there is room for it; gives how often, and one that was noticed.
fn plant(sabotage: &Sabotage, clean: &Answers, judged: &Judged, jobs: usize) -> Result<(usize, Difference), String> {
    let mut answers = clean.clone();
    let mut committed = clean.clone();
    let tampered = match sabotage.target {
        Target::Output(..) => 0,
        Target::Answers(tamper) => tamper(&mut answers),
        Target::Committed(tamper) => tamper(&mut committed),
    };
    let outcome = run_once(&answers, &committed, judged, Some(sabotage), jobs);
    let planted = tampered + outcome.planted;
    let noticed: Vec<_> = outcome.differences.iter().filter(|found| found.comparison == sabotage.comparison).collect();
    // Tampered answers no longer agree with the corpus either; that is no false alarm.
    let elsewhere = outcome.differences.len() - noticed.len();
    let false_alarm = matches!(sabotage.target, Target::Output(..)) && elsewhere > 0;
    let Some(example) = noticed.first().map(|found| (*found).clone()) else {
        return Err(if planted == 0 { "there was no room for it" } else { "nothing was noticed" }.to_owned());
    };
    if noticed.len() != planted || false_alarm {
        let noticed = noticed.len();
        return Err(format!("planted {planted}, noticed {noticed}, and {elsewhere} in other comparisons"));
    }
    // What is noticed must be told, and fail the run.
    let report = Report::of(outcome);
    if report.is_success() {
        return Err("the run succeeds all the same".to_owned());
    }
    if !report.differences(usize::MAX).contains(&example.title()) {
        return Err("the report does not name it".to_owned());
    }
    Ok((planted, example))
}

fn run_once(
    answers: &Answers,
    committed: &Answers,
    judged: &Judged,
    sabotage: Option<&Sabotage>,
    jobs: usize,
) -> Outcome {
    let judge = Judge::new(answers);
    let subject = Subject { answers, committed: Some(committed), judge: &judge, judged };
    compare(&subject, &Filter::new(None), sabotage, jobs, &mut |_, _| {})
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::compat::difference::Comparison;

    #[test]
    fn each_comparison_is_broken_at_least_once() {
        for comparison in Comparison::ALL {
            assert!(ALL.iter().any(|sabotage| sabotage.comparison == comparison), "{}", comparison.name());
        }
    }
}
