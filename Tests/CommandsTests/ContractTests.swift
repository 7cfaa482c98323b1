import ArgumentParser
import FakeCluster
import Foundation
import HySDS
import Kubernetes
import Testing

@testable import Commands

/// What scripts written for sdscli rely on, point by point (1 and 2, the grammar, are in CommandLineTests).
@Suite("The contract with scripts", .timeLimit(.minutes(10)))
struct ContractTests {
    // MARK: 1: words, flags and choices

    @Test(
        "1: every command line of sdscli's verbs is accepted",
        arguments: [
            "update mozart", "update grq -f", "update metrics --force", "update factotum -n", "update verdi --ndeps -f",
            "update all -c -f", "update all --config-only", "-d update all -fnc", "update -t hysds all -f", "ship",
            "ship hysds",
            "ship -e", "ship --encrypt hysds", "-d ship", "start mozart -f", "start grq", "start metrics -t",
            "start factotum -f",
            "start all -f", "stop all -f", "stop mozart --force", "reset all -f", "reset grq -f", "start_tps all -f",
            "start_tps mozart", "stop_tps grq -f", "stop_tps metrics", "status", "status all", "status verdi",
            "status -t hysds grq",
            "configure", "configure hysds", "kibana import -f", "kibana export", "-d kibana import -f",
            "kibana -t hysds delete --force", "rules export", "rules export -o F", "rules import F",
            "-d rules import F",
            "rules -t hysds import F", "job list", "job list job-queued",
        ])
    func grammar(line: String) throws {
        let words = try CommandLineRewriting(SDS.self).rewritten(line.split(separator: " ").map(String.init))
        _ = try SDS.parseAsRoot(words)
    }

    // MARK: 3: questions

    @Test(
        "3: y and yes in any case mean yes, n and no mean no, and nothing else means either",
        arguments: [
            ("y", true), ("Y", true), ("yes", true), ("YES", true), ("Yes", true), (" y ", true), ("n", false),
            ("NO", false), ("No", false),
            ("", nil), ("yep", nil), ("1", nil), ("nope", nil),
        ] as [(String, Bool?)])
    func answers(text: String, meaning: Bool?) {
        #expect(Confirmation.answer(text) == meaning)
    }

    @Test(
        "3: without -f and without a terminal it refuses and changes nothing",
        arguments: ["update all", "start grq", "stop all", "reset all", "start_tps all", "stop_tps all"])
    func noTerminal(line: String) async throws {
        try await Workplace.run { place in
            let result = try await place.sds(line)
            #expect(result.code == 2, "\(result)")
            #expect(result.errors.contains("say -f to do it unasked"))
            #expect(place.cluster.ledger.writes.isEmpty)
        }
    }

    @Test(
        "3: -f asks nothing, with stdin closed, empty or full of something else",
        arguments: ["<&-", "</dev/null", "</dev/zero"])
    func unasked(input: String) async throws {
        try await Workplace.run { place in
            let result = try await place.shell("sds stop grq -f \(input)")
            #expect(result.code == 0, "\(result)")
            #expect(!result.errors.contains("Continue"))
        }
    }

    // MARK: 4, 5, 6: repeats, and what follows what

    // Of ship the end-to-end tests tell: a fake pod holds nothing.
    @Test("4, 5, 6: a script with set -e runs through, and runs through again")
    func sequences() async throws {
        try await Workplace.run { place in
            let script = """
                set -e
                sds update all -f; sds start all -f; sds start all -f
                sds update grq -f; sds start grq -f; sds status all
                sds stop factotum -f; sds stop factotum -f; sds update factotum -f
                sds stop all -f; sds stop all -f; sds start all -f
                sds stop grq -f; sds reset grq -f; sds status grq
                """
            let result = try await place.shell(script)
            #expect(result.code == 0, "\(result)")
        }
    }

    @Test("5: what was stopped stays stopped across an update")
    func stopped() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "start grq -f")
            try await place.expect(0, "stop grq -f")
            try await place.expect(0, "update grq -f")
            #expect(place.cluster.object(.deployment, "grq2")?[path: ["spec", "replicas"]]?.integer == 0)
            try await place.expect(0, "start grq -f")
            #expect(place.cluster.object(.deployment, "grq2")?[path: ["spec", "replicas"]]?.integer == 1)
        }
    }

    // MARK: 7: status

    @Test("7: status keeps order, banners and words, prints everything, and is 8 when something is down")
    func status() async throws {
        try await Workplace.run { place in
            try await place.expect(0, "start grq -f")
            let good = try await place.sds("status all")
            #expect(good.code == 0, "\(good)")
            let lines = good.output.split(separator: "\n").map(String.init)
            let banner = String(repeating: "#", count: 40)
            let titles = lines.indices.filter { lines[$0] == banner && lines[min($0 + 2, lines.count - 1)] == banner }
                .map { lines[$0 + 1] }
            #expect(titles.prefix(5) == ["grq", "mozart", "metrics", "factotum", "verdi"])
            #expect(lines.contains { $0.hasPrefix("grq2 ") && $0.contains(" RUNNING ") })
            #expect(lines.contains("Supervisord is not running on factotum."))

            place.cluster.setFate(.crashLoopBackOff(lastLine: "boom"), of: "grq2")
            try place.cluster.names(.pod).filter { $0.hasPrefix("grq2") }.forEach { try place.cluster.delete(.pod, $0) }
            let bad = try await place.sds("status all")
            #expect(bad.code == 8, "\(bad)")
            #expect(bad.output.contains("\nverdi\n"))
        }
    }

    // MARK: 9: the configuration file

    @Test("9: the file stays flat, addresses resolve for scripts, and unknown keys reach the templates")
    func flat() async throws {
        try await Workplace.run(configuration: nil) { place in
            try place.write(
                "GRQ_PVT_IP: 10.0.0.8\nMOZART_PVT_IP: 10.0.0.5\nVENUE: ops\nCODE_BUCKET: code\nMISSION_BUCKET: mission\nQUEUES:\n  - QUEUE_NAME: q\n",
                to: "old")
            try place.write(#"{"said": "{{ MISSION_BUCKET }} {{ GRQ_PVT_IP }}"}"#, to: ".sds/files/datasets.json")
            let result = try await place.sds(
                "configure --from old --anew all",
                environment: [
                    "SDS_KUBERNETES_INGRESS_HOST": "sds.example.org", "SDS_KUBERNETES_INGRESS_ENABLED": "true",
                ])
            #expect(result.code == 0, "\(result)")
            let address = try await place.shell("grep ^GRQ_PVT_IP ~/.sds/config | cut -d: -f2 | xargs")
            #expect(address.output == "sds.example.org\n")
            let bucket = try await place.shell("grep ^CODE_BUCKET ~/.sds/config | cut -d: -f2 | xargs")
            #expect(bucket.output == "code\n")
            let files = try await place.sds("render config factotum")
            #expect(files.code == 0, "\(files)")
            #expect(files.output.contains(#""mission grq""#), "pods get the Service's name")
        }
    }

    // MARK: 10: overrides

    @Test("10: files of ~/.sds/files take effect under sdscli's names, or are refused by theirs")
    func overrides() async throws {
        try await Workplace.run { place in
            for name in [
                "datasets.json", "celeryconfig.py.tmpl", "netrc.mozart", "es_template-base.json", "job_status.template",
                "aws_config", "boto",
                "s3cfg", "pele_settings.cfg.tmpl",
            ] {
                try place.write("{\"mine\": \"{{ VENUE }}-\(name)\"}", to: ".sds/files/\(name)")
            }
            let shown = try await place.sds("render config all --output json")
            #expect(shown.code == 0, "\(shown)")
            for name in [
                "datasets.json", "celeryconfig.py.tmpl", "netrc.mozart", "es_template-base.json", "job_status.template",
                "aws_config", "boto", "s3cfg", "pele_settings.cfg.tmpl",
            ] {
                #expect(shown.output.contains("test-\(name)"), "\(name)")
            }
            try place.write(
                "[program:user_rules_job]\ncommand=x\numask=1\n", to: ".sds/files/supervisord.conf.factotum")
            let refused = try await place.sds("update factotum -f")
            #expect(refused.code == 2, "\(refused)")
            #expect(refused.errors.contains("~/.sds/files/supervisord.conf.factotum:3: [program:user_rules_job] umask"))
            #expect(place.cluster.ledger.writes.isEmpty)
            try await place.expect(0, "status")
        }
    }

    // MARK: 12: the operator's own files

    @Test("12: what the operator drops into ~/verdi/ops and ~/verdi/etc reaches the workers")
    func ownFiles() async throws {
        try await Workplace.run { place in
            try place.write("X = 1\n", to: "verdi/ops/opera-pcm/pcm.py")
            try place.write("copy of sdscli's", to: "verdi/ops/hysds/old.py")
            try place.write("a: 1\n", to: "verdi/etc/settings.yaml")
            try await place.expect(0, "update verdi -f")
            let maps = place.cluster.names(.configMap).compactMap { place.cluster.object(.configMap, $0) }
            let trees = Set(maps.compactMap { $0.labels["sds.hysds.org/tree"] })
            #expect(trees.contains("opera-pcm"))
            let manifests = maps.compactMap { $0[path: ["data", "release.json"]]?.string }
            #expect(manifests.contains { $0.contains("opera-pcm") })
            let worker = place.cluster.object(.replicaSet, "test-job-worker-small")
            #expect(worker?.json.text.contains("opera-pcm") == true, "on PYTHONPATH")
        }
    }

    // MARK: 11 is HookTests, 14 is SecretTests; 8 and 13 are sds pkg's, sds rules' and sds ci's own.
}

extension JSONValue {
    fileprivate var text: String { String(decoding: serialized(), as: UTF8.self) }
}
