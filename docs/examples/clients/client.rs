//! Drives `vtd serve --text`: one page that a device may read, and what becomes of a read and a write.
//!
//!     rustc -O client.rs && ./client vtd serve --text
//!
//! The standard library is all that it needs: the text dialect wants no JSON.

use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Where the registers of the unit stand.
const REGISTERS: u64 = 0xfed9_0000;

/// What became of a DMA request.
#[derive(Debug)]
enum Outcome {
    /// It goes on to this host physical address.
    Completed(u64),
    /// It is answered with UR or CA; by which condition, where one did it.
    Blocked { response: String, condition: Option<String> },
    /// Something else: an interrupt, say.
    Other(String),
}

/// A remapping unit behind the text dialect.
struct Unit {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Unit {
    fn start(command: &[String]) -> Result<Unit> {
        let mut server = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = server.stdin.take();
        let output = BufReader::new(server.stdout.take().expect("a pipe"));
        Ok(Unit { server, input, output })
    }

    /// The VALUE of the reply to one request; what is refused is an error.
    fn ask(&mut self, request: &str) -> Result<String> {
        Ok(self.ask_all(&[request.to_string()])?.remove(0))
    }

    /// Sends many requests before the first reply is read. Some hundred: the server stops reading when nobody reads it.
    fn ask_all(&mut self, requests: &[String]) -> Result<Vec<String>> {
        let input = self.input.as_mut().expect("a pipe");
        input.write_all((requests.join("\n") + "\n").as_bytes())?;
        input.flush()?;
        let replies: Vec<Result<String>> = requests.iter().map(|_| self.reply()).collect();
        replies.into_iter().collect()
    }

    fn reply(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end();
        match line.split_once(' ') {
            None if line == "OK" => Ok(String::new()),
            Some(("OK", value)) => Ok(value.to_string()),
            Some(("FAIL", sentence)) => Err(Error::new(ErrorKind::InvalidInput, sentence)),
            _ => Err(Error::new(ErrorKind::InvalidData, line)),
        }
    }

    fn dma(&mut self, source: &str, access: &str, address: u64) -> Result<Outcome> {
        let value = self.ask(&format!("dma {source} {access} {address:#x}"))?;
        let words: Vec<&str> = value.split(' ').collect();
        Ok(match words[..] {
            ["completed", address, ..] => Outcome::Completed(number(address)?),
            [response @ ("UR" | "CA"), ref rest @ ..] => Outcome::Blocked {
                response: response.to_string(),
                condition: rest.first().map(|name| name.to_string()),
            },
            _ => Outcome::Other(value),
        })
    }
}

impl Drop for Unit {
    /// A server ends with its input.
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.server.wait();
    }
}

fn number(text: &str) -> Result<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

fn qword(address: u64, word: u64) -> String {
    format!("writeq {address:#x} {word:#x}")
}

fn register(offset: u64, width: u32, value: u64) -> String {
    let letter = if width == 64 { 'q' } else { 'l' };
    format!("write{letter} {:#x} {value:#x}", REGISTERS + offset)
}

fn main() -> Result<()> {
    let mut command: Vec<String> = std::env::args().skip(1).collect();
    if command.is_empty() {
        command = ["vtd", "serve", "--text"].map(String::from).to_vec();
    }
    let mut unit = Unit::start(&command)?;
    unit.ask("unit caches=none")?;
    unit.ask_all(&[
        qword(0x1000, 0x2001), // root entry of bus 0: context table at 2000h
        qword(0x2280, 0x3001), // context entry of 00:05.0: four levels from 3000h on,
        qword(0x2288, 0x102),  // domain 1
        qword(0x3000, 0x4003),
        qword(0x4000, 0x5003),
        qword(0x5488, 0x6003),
        qword(0x6a28, 0x7001),           // 12345000h is the page at 7000h, which may be read
        register(0x20, 64, 0x1000),      // RTADDR_REG
        register(0x18, 32, 0x4000_0000), // GCMD_REG.SRTP
        register(0x18, 32, 0x8000_0000), // GCMD_REG.TE
    ])?;
    for access in ["read", "write"] {
        match unit.dma("00:05.0", access, 0x1234_5678)? {
            Outcome::Completed(address) => println!("{access}: completed {address:#x}"),
            Outcome::Blocked { response, condition } => {
                println!("{access}: {response} {}", condition.unwrap_or_default())
            }
            Outcome::Other(value) => println!("{access}: {value}"),
        }
    }
    if let Err(refused) = unit.dma("00:05.8", "read", 0) {
        println!("refused: {:.12}", refused.to_string());
    }
    Ok(())
}
