// Drives `vtd serve` in JSON: one page that a device may read, and what becomes of a read and a write.
//
//	go run client.go vtd serve
//
// The standard library is all that it needs.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Params are the parameters of a method by their names.
type Params map[string]any

// Call is one request.
type Call struct {
	Method string
	Params Params
}

// Fault says why a request was blocked.
type Fault struct {
	Condition string `json:"condition"`
	Reason    string `json:"reason"`
	Recorded  bool   `json:"recorded"`
}

// Outcome is what became of a DMA request.
type Outcome struct {
	Outcome string `json:"outcome"`
	Address string `json:"address"`
	Fault   *Fault `json:"fault"`
}

type request struct {
	Version string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Method  string `json:"method"`
	Params  Params `json:"params"`
}

type reply struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Unit is a remapping unit behind the oracle protocol.
type Unit struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
	count   int
}

// Start starts a server.
func Start(name string, args ...string) (*Unit, error) {
	command := exec.Command(name, args...)
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &Unit{command: command, input: input, output: bufio.NewReader(output)}, command.Start()
}

// AskAll makes many calls in one line, which saves waiting for each reply. What is refused is the error.
func (unit *Unit) AskAll(calls ...Call) ([]json.RawMessage, error) {
	batch := make([]request, len(calls))
	for i, call := range calls {
		unit.count++
		batch[i] = request{"2.0", unit.count, call.Method, call.Params}
	}
	if err := json.NewEncoder(unit.input).Encode(batch); err != nil {
		return nil, err
	}
	line, err := unit.output.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var replies []reply
	if err := json.Unmarshal(line, &replies); err != nil {
		return nil, fmt.Errorf("%w: %s", err, line)
	}
	results := make([]json.RawMessage, len(replies))
	for i, one := range replies {
		if one.Error != nil {
			return nil, errors.New(one.Error.Message)
		}
		results[i] = one.Result
	}
	return results, nil
}

// DMA sends one request of a device.
func (unit *Unit) DMA(source, access string, address uint64) (outcome Outcome, err error) {
	results, err := unit.AskAll(Call{"dma", Params{"source": source, "access": access, "address": address}})
	if err != nil {
		return outcome, err
	}
	return outcome, json.Unmarshal(results[0], &outcome)
}

// Close ends the server: it ends with its input.
func (unit *Unit) Close() error {
	unit.input.Close()
	return unit.command.Wait()
}

func qwords(address uint64, words ...uint64) Call {
	var data []byte
	for _, word := range words {
		data = binary.LittleEndian.AppendUint64(data, word)
	}
	return Call{"memory.write", Params{"address": address, "data": hex.EncodeToString(data)}}
}

func register(offset, width int, value uint64) Call {
	return Call{"register.write", Params{"offset": offset, "width": width, "value": value}}
}

func run(command []string) error {
	unit, err := Start(command[0], command[1:]...)
	if err != nil {
		return err
	}
	defer unit.Close()
	_, err = unit.AskAll(
		Call{"initialize", Params{"unit": Params{"caches": "none"}}},
		qwords(0x1000, 0x2001),        // root entry of bus 0: context table at 2000h
		qwords(0x2280, 0x3001, 0x102), // context entry of 00:05.0: four levels from 3000h on, domain 1
		qwords(0x3000, 0x4003),
		qwords(0x4000, 0x5003),
		qwords(0x5488, 0x6003),
		qwords(0x6a28, 0x7001),         // 12345000h is the page at 7000h, which may be read
		register(0x20, 64, 0x1000),     // RTADDR_REG
		register(0x18, 32, 0x40000000), // GCMD_REG.SRTP
		register(0x18, 32, 0x80000000), // GCMD_REG.TE
	)
	if err != nil {
		return err
	}
	for _, access := range []string{"read", "write"} {
		outcome, err := unit.DMA("00:05.0", access, 0x12345678)
		if err != nil {
			return err
		}
		detail := outcome.Address
		if outcome.Fault != nil {
			detail = outcome.Fault.Condition
		}
		fmt.Printf("%s: %s %s\n", access, outcome.Outcome, detail)
	}
	if _, err := unit.DMA("00:05.8", "read", 0); err != nil {
		fmt.Printf("refused: %.12s\n", err)
	}
	return nil
}

func main() {
	command := os.Args[1:]
	if len(command) == 0 {
		command = []string{"vtd", "serve"}
	}
	if err := run(command); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
