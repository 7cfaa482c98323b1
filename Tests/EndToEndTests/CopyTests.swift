import Foundation
import Testing

/// The operator's own files to and from real pods, compared independently through kubectl.
@Suite(.onCluster, .namespace("copy", .small), .serialized)
struct CopyTests {
    private static let workload = SiteSettings.worker
    private static let pods = 3
    private let person: Operator

    init() throws {
        person = try #require(Operator.current)
    }

    private var here: String { person.home.appending(path: "copies").path }

    @Test("01 pods that pass for a worker's, and a tree of every kind of name")
    func ground() async throws {
        let image = try #require(person.laboratory.images["hysds/worker"])
        try await person.kubectl(
            "apply", "-f", "-",
            input: """
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "\(Self.workload)"},
                 "spec": {"replicas": \(Self.pods),
                  "selector": {"matchLabels": {"app.kubernetes.io/name": "\(Self.workload)"}},
                  "template": {
                   "metadata": {"labels": {"app.kubernetes.io/name": "\(Self.workload)",
                                           "app.kubernetes.io/part-of": "hysds"}},
                   "spec": {"terminationGracePeriodSeconds": 0, "automountServiceAccountToken": false,
                    "securityContext": {"runAsUser": 1000, "runAsNonRoot": true},
                    "containers": [{"name": "\(Self.workload)", "image": "\(image)", "command": ["sleep", "86400"],
                                    "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                    "volumes": [{"name": "data", "emptyDir": {}}]}}}}
                """)
        try await person.kubectl.wait("the pods", within: 120) {
            let ready = try await person.kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[0].ready}")
            return ready.split(separator: " ").count { $0 == "true" } == Self.pods
        }
        let made = try await Command.run(
            [
                "sh", "-c",
                """
                mkdir -p "$1/tree" && cd "$1/tree" || exit 1
                for name in '[ab]' a b 'a[1].txt' 'x\\y' -dash -rf '*' '?' ' space ' .hidden ..data "$(printf 'new\\nline')" \\
                    "$(printf '%0255d' 0)" 'ünïcode 🚀' "$(printf 'bad\\377name')" '$HOME' '`id`' "quote's" "$(printf 'cr\\rname')"
                do printf 'content of %s' "$name" >"./$name" || exit 1; done
                mkdir -p empty deep/a/b/c && : >nothing && printf x >deep/a/b/c/f
                printf '#!/bin/sh\\n' >run && chmod 755 run && printf r >readonly && chmod 444 readonly
                printf w >writeonly && chmod 640 writeonly && ln -s a link && ln -s ../a deep/up && ln -s nowhere dangling
                head -c 3000000 /dev/urandom >large && touch -d '2001-02-03 04:05:06' a && touch -d '1960-01-01' b
                """, "sh", here,
            ])
        try #require(made.exitCode == 0, "\(made)")
    }

    /// Type, mode, time of files, links' targets, names and digests, by find and sha256sum alone.
    private static let listing = """
        cd "$1" || exit 1
        export LC_ALL=C
        find . -mindepth 1 ! -type f -printf '%y %m %l %p\\0' | sort -z | tr '\\0' '\\n'
        find . -type f -printf '%y %m %s %Ts %p\\0' | sort -z | tr '\\0' '\\n'
        find . -type f -print0 | sort -z | xargs -0 sha256sum
        """

    private func listing(_ folder: String) async throws -> String {
        let result = try await Command.run(["sh", "-c", Self.listing, "sh", folder])
        guard result.exitCode == 0 else { throw Command.Failure(description: "\(result)") }
        return result.output
    }

    private func listing(_ folder: String, in pod: String) async throws -> String {
        try await person.kubectl("exec", pod, "--", "sh", "-c", Self.listing, "sh", folder)
    }

    private func expectEqual(_ folder: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let wanted = try await listing(here + "/tree")
        let pods = try await person.kubectl.pods(Self.workload)
        #expect(pods.count == Self.pods, sourceLocation: sourceLocation)
        for pod in pods {
            let found = try await listing(folder, in: pod)
            #expect(found == wanted, "\(pod)", sourceLocation: sourceLocation)
            let stages = try await person.kubectl("exec", pod, "--", "find", "/data", "-name", ".sds-copy-*")
            #expect(stages.isEmpty, "\(stages)", sourceLocation: sourceLocation)
        }
    }

    private func report(_ words: String...) async throws -> (CommandResult, [[String: Any]]) {
        let result = try await Command.run(
            ["sds", "copy"] + words + ["--output", "json"], environment: person.environment, within: 120)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return (result, json?["pods"] as? [[String: Any]] ?? [])
    }

    @Test("02 to all pods: every name, mode, time, link and digest is there; again: nothing is sent")
    func upload() async throws {
        let result = try await person.sds("copy", here + "/tree", "\(Self.workload):/data/tree")
        #expect(result.exitCode == 0, "\(result)")
        try await expectEqual("/data/tree")
        let (again, pods) = try await report(here + "/tree", "\(Self.workload):/data/tree")
        #expect(again.exitCode == 0, "\(again)")
        #expect(pods.map { $0["result"] as? String } == Array(repeating: "unchanged", count: Self.pods), "\(again)")
        try FileManager.default.removeItem(at: person.home.appending(path: ".sds/cache/copy"))
        let (cold, others) = try await report(here + "/tree", "\(Self.workload):/data/tree")
        #expect(others.map { $0["sentFiles"] as? Int } == Array(repeating: 0, count: Self.pods), "\(cold)")
        try await expectEqual("/data/tree")
    }

    @Test("03 one file changed here, one there, one pod is new: each gets what it lacks")
    func delta() async throws {
        let pods = try await person.kubectl.pods(Self.workload)
        try Data("changed".utf8).write(to: URL(fileURLWithPath: here + "/tree/nothing"))
        try await person.kubectl("exec", pods[0], "--", "sh", "-c", "printf damaged >/data/tree/run")
        try await person.kubectl("delete", "pod", pods[1], "--wait=true")
        try await person.kubectl.wait("its successor", within: 60) {
            let ready = try await person.kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[0].ready}")
            return ready.split(separator: " ").count { $0 == "true" } == Self.pods
        }
        let (result, receipts) = try await report(here + "/tree", "\(Self.workload):/data/tree")
        #expect(result.exitCode == 0, "\(result)")
        let sent = Dictionary(
            receipts.map { ($0["pod"] as? String ?? "", $0["sentFiles"] as? Int ?? -1) },
            uniquingKeysWith: { a, _ in a })
        #expect(sent[pods[0]] == 2 && sent[pods[2]] == 1 && sent.values.contains { $0 > 20 }, "\(result)")
        try await expectEqual("/data/tree")
    }

    @Test("04 from one pod, from all pods: each in its own folder")
    func download() async throws {
        let pods = try await person.kubectl.pods(Self.workload)
        let wanted = try await listing(here + "/tree")
        let one = try await person.sds("copy", "\(pods[0]):/data/tree", here + "/one")
        #expect(one.exitCode == 0, "\(one)")
        #expect(try await listing(here + "/one") == wanted)
        let all = try await person.sds("copy", "\(Self.workload):/data/tree", here + "/all")
        #expect(all.exitCode == 0, "\(all)")
        for pod in pods { #expect(try await listing(here + "/all/\(pod)/tree") == wanted, "\(pod)") }
        let file = try await person.sds("copy", "\(pods[0]):/data/tree/large", here + "/all/")
        #expect(file.exitCode == 0, "\(file)")
        let refused = try await person.sds("copy", "\(Self.workload):/data/tree/large", here + "/all/large")
        #expect(refused.exitCode == 2 && refused.errors.contains("\(Self.pods) pods"), "\(refused)")
        #expect(
            FileManager.default.contentsEqual(atPath: here + "/all/large", andPath: here + "/tree/large"))
    }

    @Test("05 pipes here and there, a file that isn't there: named, and nothing is written")
    func refusals() async throws {
        let pod = try await person.kubectl.pods(Self.workload)[0]
        _ = try await Command.run(["sh", "-c", "mkdir \"$1/bad\" && mkfifo \"$1/bad/pipe\"", "sh", here])
        let up = try await person.sds("copy", here + "/bad", "\(Self.workload):/data/bad", within: 30)
        #expect(up.exitCode == 2 && up.errors.contains("bad/pipe"), "\(up)")
        try await person.kubectl(
            "exec", pod, "--", "sh", "-c", "mkdir /data/evil && mkfifo /data/evil/pipe && ln -s /etc /data/out")
        let pipe = try await person.sds("copy", "\(pod):/data/evil", here + "/evil", within: 30)
        #expect(pipe.exitCode == 1 && pipe.errors.contains("pipe"), "\(pipe)")
        let none = try await person.sds("copy", "\(pod):/data/none", here + "/evil", within: 30)
        #expect(none.exitCode == 1 && none.errors.contains("no such file"), "\(none)")
        #expect(!FileManager.default.fileExists(atPath: here + "/evil"))
        let there = try await person.kubectl("exec", pod, "--", "ls", "/data")
        #expect(!there.contains("bad"), "\(there)")
    }

    @Test("06 one pod can't take it: exit code 7 names it, the others have it")
    func isolation() async throws {
        let pods = try await person.kubectl.pods(Self.workload)
        try await person.kubectl("exec", pods[0], "--", "sh", "-c", "mkdir -p /data/f/x")
        let result = try await person.sds("copy", here + "/tree/large", "\(Self.workload):/data/f/x/large", within: 60)
        #expect(result.exitCode == 0, "\(result)")
        let conflict = try await person.sds("copy", here + "/tree/large", "\(Self.workload):/data/f", within: 60)
        #expect(conflict.exitCode == 0, "a folder takes it: \(conflict)")
        try await person.kubectl("exec", pods[0], "--", "sh", "-c", "mkdir -p /data/g/large")
        let failed = try await person.sds("copy", here + "/tree/large", "\(Self.workload):/data/g/", within: 60)
        #expect(failed.exitCode == 7 && failed.errors.contains(pods[0]), "\(failed)")
        for pod in pods.dropFirst() {
            let size = try await person.kubectl("exec", pod, "--", "stat", "-c", "%s", "/data/g/large")
            #expect(size == "3000000\n")
        }
    }

    @Test("07 killed at any moment: what is there stays as it was, the next run goes on and leaves no stage")
    func killed() async throws {
        let pod = try await person.kubectl.pods(Self.workload)[0]
        let made = try await Command.run(
            [
                "sh", "-c",
                "mkdir \"$1/many\" && cd \"$1/many\" && for n in $(seq 60); do head -c 3000000 /dev/urandom >$n; done",
                "sh", here,
            ])
        try #require(made.exitCode == 0, "\(made)")
        var resumed = false
        for moment in [0.15, 0.3, 0.5, 0.8, 1.5, 2.5] {
            let copy = try person.start("copy", here + "/many", "\(pod):/data/many")
            try await Task.sleep(for: .seconds(moment))
            copy.kill()
            let end = await copy.result(within: 30)
            if end.exitCode == 0 { break }
            let there = try await person.kubectl.run(["exec", pod, "--", "test", "-e", "/data/many"])
            #expect(there.exitCode != 0, "half of it is in place")
        }
        // What it ran in the pod ends when its input does; as long as that lives, its stage is nobody else's.
        try await Task.sleep(for: .seconds(5))
        let (last, receipts) = try await report(here + "/many", "\(pod):/data/many")
        #expect(last.exitCode == 0, "\(last)")
        resumed =
            (receipts.first?["resumedFiles"] as? Int ?? 0) > 0 || receipts.first?["result"] as? String == "unchanged"
        #expect(resumed, "\(last)")
        let stages = try await person.kubectl("exec", pod, "--", "find", "/data", "-name", ".sds-copy-*")
        #expect(stages.isEmpty, "\(stages)")
        let digests = "find . -type f -exec sha256sum {} + | sort"
        let wanted = try await Command.run(["sh", "-c", "cd \"$1\" && \(digests)", "sh", here + "/many"])
        #expect(
            try await person.kubectl("exec", pod, "--", "sh", "-c", "cd /data/many && \(digests)") == wanted.output)
    }

    @Test("08 a download brings what differs, and one that was killed goes on")
    func downloadAgain() async throws {
        let pod = try await person.kubectl.pods(Self.workload)[0]
        let first = try await person.sds("copy", "\(pod):/data/many", here + "/back")
        #expect(first.exitCode == 0, "\(first)")
        let (same, unchanged) = try await report("\(pod):/data/many", here + "/back")
        #expect(unchanged.first?["result"] as? String == "unchanged", "\(same)")
        try await person.kubectl("exec", pod, "--", "sh", "-c", "printf other >/data/many/7")
        let (one, delta) = try await report("\(pod):/data/many", here + "/back")
        #expect(delta.first?["sentFiles"] as? Int == 1 && delta.first?["sentBytes"] as? Int == 5, "\(one)")
        try FileManager.default.removeItem(atPath: here + "/back")
        // Killed as soon as some files of it have come.
        let copy = try person.start("copy", "\(pod):/data/many", here + "/back")
        let came = try await Command.run(
            [
                "sh", "-c",
                "for i in $(seq 400); do [ $(ls \"$1\"/.sds-copy-*/new 2>/dev/null | wc -l) -ge 5 ] && exit; "
                    + "sleep 0.02; done; exit 1",
                "sh", here,
            ])
        copy.kill()
        let end = await copy.result(within: 30)
        try #require(came.exitCode == 0 && end.exitCode != 0, "\(end)")
        #expect(!FileManager.default.fileExists(atPath: here + "/back"))
        let (last, receipts) = try await report("\(pod):/data/many", here + "/back")
        #expect(last.exitCode == 0 && receipts.first?["resumedFiles"] as? Int ?? 0 > 0, "\(last)")
        #expect(try await listing(here + "/back") == listing("/data/many", in: pod))
        let stages = try FileManager.default.contentsOfDirectory(atPath: here).filter { $0.hasPrefix(".sds-copy-") }
        #expect(stages.isEmpty, "\(stages)")
    }
}
