import Foundation
import Kubernetes
import Testing

@testable import Rollout

@Suite struct StartGraphTests {
    let graph: StartGraph

    init() throws {
        graph = try StartGraph([
            "redis": [], "broker": [], "search": [], "setup": ["redis", "broker", "search"], "rest": ["setup"],
            "worker": ["setup", "rest"],
            "proxy": [],
        ])
    }

    @Test("waves start what is needed first, and stop it last")
    func waves() {
        let all = graph.dependencies.keys
        #expect(graph.waves(of: all) == [["broker", "proxy", "redis", "search"], ["setup"], ["rest"], ["worker"]])
        #expect(
            graph.stopWaves(of: all) == [["proxy", "worker"], ["rest"], ["setup"], ["broker", "redis", "search"]])
    }

    @Test("a selection keeps its order although what lies between is left out")
    func selection() {
        #expect(graph.waves(of: ["worker", "redis"]) == [["redis"], ["worker"]])
        #expect(graph.stopWaves(of: ["worker", "redis"]) == [["worker"], ["redis"]])
        #expect(graph.waves(of: []).isEmpty)
    }

    @Test("what is needed, and who needs it")
    func closures() {
        #expect(graph.closure(of: ["rest"]) == ["rest", "setup", "redis", "broker", "search"])
        #expect(graph.dependents(of: ["setup"]) == ["rest", "worker"])
        #expect(graph.startable(of: ["redis", "setup", "proxy"], done: [], begun: ["proxy"]) == ["redis"])
        #expect(graph.startable(of: ["redis", "setup"], done: ["redis"], begun: ["redis"]) == ["setup"])
    }

    @Test("a circle is named")
    func cycle() {
        do {
            _ = try StartGraph(["a": ["b"], "b": ["c"], "c": ["b"]])
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .cycle && error.description == "b: starts after itself: b → c → b")
        }
        #expect(throws: RolloutError.self) { try StartGraph(["a": ["a"]]) }
    }

    @Test("an unknown name is an error")
    func unknown() {
        do {
            _ = try StartGraph(["a": ["nowhere"]])
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .unknown && error.description.contains("nowhere"))
        }
    }

    @Test("no wave starts before what it needs", arguments: 0..<50)
    func property(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var dependencies: [String: Set<String>] = [:]
        let names = (0..<20).map { "n\($0)" }
        for (index, name) in names.enumerated() {
            dependencies[name] = Set(names[..<index].filter { _ in UInt64.random(in: 0..<6, using: &random) == 0 })
        }
        let graph = try StartGraph(dependencies)
        var started: Set<String> = []
        for wave in graph.waves(of: names) {
            for name in wave { #expect(dependencies[name]?.isSubset(of: started) == true) }
            started.formUnion(wave)
        }
        #expect(started == Set(names))
        var stopped: Set<String> = []
        for wave in graph.stopWaves(of: names) {
            for name in wave { #expect(graph.dependents(of: [name]).isSubset(of: stopped)) }
            stopped.formUnion(wave)
        }
        #expect(stopped == Set(names))
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
