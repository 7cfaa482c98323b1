import FakeCluster
import Foundation
import Kubernetes
import Testing

@Suite("Hooks", .timeLimit(.minutes(5)))
struct HookTests {
    /// Writes a line of what it sees.
    private static let witness = """
        #!/bin/sh
        echo "$0 $SDS_PHASE $SDS_VERB $SDS_COMPONENT [$SDS_COMPONENTS] $SDS_NAMESPACE" | sed "s|.*/hooks/||" >>"$HOME/seen"
        echo said
        """

    @Test("11: run before and after the verb and each component, with their names and no secrets")
    func order() async throws {
        try await Workplace.run { place in
            for name in ["pre-start", "pre-start-grq", "post-start-grq", "post-start", "pre-start-mozart", "pre-stop"] {
                try place.write(Self.witness, to: ".sds/hooks/\(name)", mode: 0o755)
            }
            try place.write("#!/bin/sh\nenv >>\"$HOME/environment\"\n", to: ".sds/hooks/post-start-grq", mode: 0o755)
            let result = try await place.sds(
                "start grq -f", environment: ["SDS_MOZART_RABBIT_PASSWORD": "hunter2", "MINE": "kept"])
            #expect(result.code == 0, "\(result)")
            #expect(
                place.read("seen") == """
                    pre-start pre start grq [grq] test
                    pre-start-grq pre start grq [grq] test
                    post-start post start grq [grq] test

                    """)
            let environment = try #require(place.read("environment"))
            #expect(environment.contains("MINE=kept") && environment.contains("SDS_CONFIG="))
            #expect(!environment.contains("hunter2"))
            #expect(!result.output.contains("said") && result.errors.contains("said"), "stdout is for results")
        }
    }

    @Test("11: one before the verb that fails stops it before anything is changed")
    func stops() async throws {
        try await Workplace.run { place in
            try place.write("#!/bin/sh\nexit 3\n", to: ".sds/hooks/pre-start-grq", mode: 0o755)
            let result = try await place.sds("start grq -f")
            #expect(result.code == 1, "\(result)")
            #expect(result.errors.contains("the hook pre-start-grq failed: nothing was changed"))
            #expect(result.errors.contains("exit code 3"))
            #expect(place.cluster.ledger.writes.isEmpty)
        }
    }

    @Test("11: one after the verb that fails is named, and the verb's own work stays")
    func after() async throws {
        try await Workplace.run { place in
            try place.write("#!/bin/sh\nkill -9 $$\n", to: ".sds/hooks/post-start", mode: 0o755)
            let result = try await place.sds("start grq -f")
            #expect(result.code == 1, "\(result)")
            #expect(result.errors.contains("the hook post-start failed: the verb itself is done"))
            #expect(place.cluster.object(.deployment, "grq2")?[path: ["spec", "replicas"]]?.integer == 1)
        }
    }

    @Test(
        "11: are shown by --dry-run and not run; a name that means nothing is warned of; one that can't run is an error"
    )
    func shown() async throws {
        try await Workplace.run { place in
            try place.write(Self.witness, to: ".sds/hooks/pre-start", mode: 0o755)
            try place.write(Self.witness, to: ".sds/hooks/pre-strat", mode: 0o755)
            let result = try await place.sds("start grq --dry-run")
            #expect(result.code == 0, "\(result)")
            #expect(result.output.hasPrefix("run the hook pre-start before everything else\n"))
            #expect(result.errors.contains("pre-strat: no hook of this name runs (did you mean pre-start)"))
            #expect(place.read("seen") == nil)
            try place.write(Self.witness, to: ".sds/hooks/pre-start", mode: 0o644)
            let refused = try await place.sds("start grq -f")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("isn't executable") && refused.errors.contains("chmod +x"))
        }
    }
}
