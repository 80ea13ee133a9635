// Loads a compose file as `docker compose config` does (variables, schema, consistency, profiles) and prints, as JSON,
// which services there are and what each waits for. Usage: compose-check FILE [PROFILE...]
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := check(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(file string, profiles []string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithOsEnv, cli.WithProfiles(profiles), cli.WithResolvedPaths(true))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	services := map[string]map[string]string{}
	for name, service := range project.Services {
		services[name] = map[string]string{}
		for target, dependency := range service.DependsOn {
			services[name][target] = dependency.Condition
		}
	}
	return json.NewEncoder(os.Stdout).Encode(services)
}
