import Kubernetes
import Testing

@testable import HySDS

@Suite("Trigger rules")
struct UserRuleTests {
    static let good: [String: JSONValue] = [
        "rule_name": "r", "job_type": "hysds-io-x:v1", "queue": "q", "priority": 3, "kwargs": "{}",
        "query_string": #"{"term": {"status": "job-failed"}}"#, "enabled": true,
    ]

    private func rule(_ changes: [String: JSONValue?] = [:]) -> UserRule {
        var content = Self.good
        for (key, value) in changes { content[key] = value }
        return UserRule(content)
    }

    // MARK: - What a rule is

    @Test("is the same whenever it was made, and whether what isn't set is null")
    func identity() {
        let times = rule(["creation_time": "2020-01-01T00:00:00Z", "modified_time": "2021-01-01T00:00:00Z"])
        #expect(times.identity == rule().identity)
        #expect(rule(["time_limit": .null]).identity == rule().identity)
        #expect(rule(["priority": .number(3)]).identity == rule().identity)
        for key in Self.good.keys { #expect(rule([key: "other"]).identity != rule().identity, "\(key)") }
        #expect(rule(["tags": ["a"]]).identity != rule().identity)
        #expect(UserRule.id(for: rule().identity) == "sds-\(rule().identity)" && rule().identity.count == 32)
    }

    @Test("gets the times that are missing, as sdscli fills them")
    func times() {
        let now = "2026-01-01T00:00:00.000001Z"
        let filled = rule().stamped(now)
        #expect(filled.content["creation_time"] == .string(now) && filled.content["modified_time"] == .string(now))
        let kept = rule(["creation_time": "then", "modified_time": ""]).stamped(now)
        #expect(kept.content["creation_time"] == "then" && kept.content["modified_time"] == .string(now))
        #expect(rule().stamped(now, made: "first").content["creation_time"] == "first")
    }

    // MARK: - What HySDS can't use

    @Test("that HySDS can evaluate has no faults")
    func good() {
        #expect(UserRule.faults(.object(Self.good)).isEmpty)
        #expect(
            UserRule.faults(.object(rule(["priority": .null, "time_limit": .null, "tags": ["a"]]).content)).isEmpty)
    }

    @Test(
        "names the key that is bad",
        arguments: [
            ("rule_name", "", "found an empty text"), ("queue", nil, "is missing"), ("job_type", 7, "found a number"),
            ("kwargs", "{", "isn't JSON"), ("kwargs", "[]", "found a list"),
            ("query_string", ["a": 1], "found an object"),
            ("query_string", nil, "is missing"), ("priority", "high", "a whole number"),
            ("priority", nil, "is missing"),
            ("enabled", "maybe", "true or false"), ("time_limit", "1h", "seconds"), ("creation_time", [], "a time"),
        ] as [(String, JSONValue?, String)])
    func bad(key: String, value: JSONValue?, part: String) {
        let faults = UserRule.faults(.object(rule([key: value]).content))
        #expect(faults.map(\.key) == [key])
        #expect(faults.first?.message.contains(part) == true, "\(faults)")
    }

    @Test("must be an object")
    func shape() {
        #expect(UserRule.faults("text").map(\.key) == [""])
    }

    // MARK: - What an import does

    private func wanted(_ name: String, _ identity: String) -> RulePlan.Wanted { .init(name: name, identity: identity) }
    private func present(_ id: String, _ name: String, _ identity: String) -> RulePlan.Present {
        .init(id: id, name: name, identity: identity, sequence: 1, term: 1)
    }

    @Test("adds what isn't there under any id, once")
    func adding() {
        let plan = RulePlan(
            [wanted("a", "1"), wanted("b", "2"), wanted("b", "2"), wanted("b", "3")],
            present: [present("made-up", "a", "1"), present("other", "z", "9")], replaces: false)
        #expect(plan.steps == ["2": .add(id: "sds-2"), "3": .add(id: "sds-3")])
        #expect(plan.unchanged == 1 && plan.repeated == 1 && plan.removals.isEmpty && plan.conflicts.isEmpty)
    }

    @Test("does nothing the second time")
    func again() {
        let rules = [wanted("a", "1"), wanted("b", "2")]
        let plan = RulePlan(rules, present: [present("sds-1", "a", "1"), present("sds-2", "b", "2")], replaces: true)
        #expect(plan.isEmpty && plan.unchanged == 2)
    }

    @Test("refuses a name that has other content, unless it may replace it in its place")
    func conflict() {
        let there = [present("x", "a", "old"), present("y", "a", "older"), present("z", "b", "old")]
        let refused = RulePlan([wanted("a", "new")], present: there, replaces: false)
        #expect(refused.conflicts == ["a"])
        let plan = RulePlan([wanted("a", "new")], present: there, replaces: true)
        #expect(plan.steps == ["new": .replace(there[0])] && plan.removals == [there[1]] && plan.conflicts.isEmpty)
    }

    @Test("leaves copies alone, and removes them when it may replace")
    func copies() {
        let there = [present("x", "a", "1"), present("y", "a", "1"), present("z", "a", "1")]
        let kept = RulePlan([wanted("a", "1")], present: there, replaces: false)
        #expect(kept.isEmpty && kept.duplicates == 2)
        #expect(RulePlan([wanted("a", "1")], present: there, replaces: true).removals == [there[1], there[2]])
    }

    @Test("never takes the id of a rule that was renamed since")
    func takenID() {
        let plan = RulePlan([wanted("a", "1")], present: [present("sds-1", "renamed", "7")], replaces: false)
        #expect(plan.steps == ["1": .add(id: "sds-1-2")])
    }
}
