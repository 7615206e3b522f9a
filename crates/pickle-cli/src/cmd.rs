//! The subcommands.

mod asm;
mod check;
mod dis;
mod from_json;
mod get;
mod globals;
mod info;
mod json;
mod make;
mod marshal;
mod opcodes;
mod optimize;
mod pyc;
mod scan;
mod set;
mod shelve;
mod show;
mod transcode;

use clap::Subcommand;

use crate::failure::Failure;

/// What `pickle` is asked to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Show(show::Show),
    Get(get::Get),
    Set(set::Set),
    Dis(dis::Dis),
    Info(info::Info),
    Scan(scan::Scan),
    Globals(globals::Globals),
    Transcode(transcode::Transcode),
    Optimize(optimize::Optimize),
    Asm(asm::Asm),
    Check(check::Check),
    Make(make::Make),
    Json(json::Json),
    FromJson(from_json::FromJson),
    Opcodes(opcodes::Opcodes),
    Pyc(pyc::PycCommand),
    Marshal(marshal::MarshalCommand),
    Shelve(shelve::ShelveCommand),
}

impl Command {
    /// Does it.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Command::Show(show) => show.run(),
            Command::Get(get) => get.run(),
            Command::Set(set) => set.run(),
            Command::Dis(dis) => dis.run(),
            Command::Info(info) => info.run(),
            Command::Scan(scan) => scan.run(),
            Command::Globals(globals) => globals.run(),
            Command::Transcode(transcode) => transcode.run(),
            Command::Optimize(optimize) => optimize.run(),
            Command::Asm(asm) => asm.run(),
            Command::Check(check) => check.run(),
            Command::Make(make) => make.run(),
            Command::Json(json) => json.run(),
            Command::FromJson(from_json) => from_json.run(),
            Command::Opcodes(opcodes) => opcodes.run(),
            Command::Pyc(pyc) => pyc.run(),
            Command::Marshal(marshal) => marshal.run(),
            Command::Shelve(shelve) => shelve.run(),
        }
    }
}
