// Command runc stands before the real runc (beside it, named runc.real) on hosts that lack capabilities:
// it takes out of a container's configuration what cannot be granted there.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const resource = "CAP_SYS_RESOURCE"

func main() {
	log.SetFlags(0)
	log.SetPrefix("runc of the lab: ")
	if file, field := configuration(os.Args[1:]); file != "" {
		if err := edit(file, field); err != nil {
			log.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(syscall.Exec(self+".real", os.Args, os.Environ()))
}

// configuration finds the file that describes the process to start, and the field of it that holds the process.
func configuration(arguments []string) (file, field string) {
	command := ""
	for _, argument := range arguments {
		switch argument {
		case "create", "run", "restore", "exec":
			command = argument
		}
	}
	switch command {
	case "":
		return "", ""
	case "exec":
		return option(arguments, "--process", "-p"), ""
	}
	return filepath.Join(option(arguments, "--bundle", "-b"), "config.json"), "process"
}

func option(arguments []string, names ...string) string {
	for i, argument := range arguments {
		for _, name := range names {
			if argument == name && i+1 < len(arguments) {
				return arguments[i+1]
			}
			if value, found := strings.CutPrefix(argument, name+"="); found {
				return value
			}
		}
	}
	return ""
}

func edit(file, field string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return err
	}
	process := document
	if field != "" {
		process, _ = document[field].(map[string]any)
	}
	soften(process, granted)
	if text, err = json.Marshal(document); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func soften(process map[string]any, granted func(string) bool) {
	if score, ok := process["oomScoreAdj"].(json.Number); ok && strings.HasPrefix(score.String(), "-") && !granted(resource) {
		process["oomScoreAdj"] = 0
	}
	sets, _ := process["capabilities"].(map[string]any)
	for name, set := range sets {
		capabilities, _ := set.([]any)
		kept := []any{}
		for _, capability := range capabilities {
			if text, ok := capability.(string); ok && granted(text) {
				kept = append(kept, text)
			}
		}
		sets[name] = kept
	}
}
