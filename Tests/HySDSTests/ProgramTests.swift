import HySDS
import Testing

@Suite("The programs of status")
struct ProgramTests {
    @Test("are printed in supervisorctl's columns")
    func line() {
        let program = Program(name: "grq2", workload: "grq2", role: .service)
        #expect(program.line(.running, detail: "2 of 2") == "grq2                             RUNNING   2 of 2")
        #expect(program.line(.stopped, detail: "") == "grq2                             STOPPED")
        let long = Program(name: String(repeating: "x", count: 40), workload: "x", role: .worker)
        #expect(long.line(.fatal, detail: "why") == String(repeating: "x", count: 40) + " FATAL     why")
    }

    @Test(
        "have sdscli's names",
        arguments: [
            (Component.mozart, "orchestrator_jobs"), (.mozart, "mozart_job_management"), (.grq, "grq2"), (.grq, "pele"),
            (.factotum, "user_rules_job"), (.factotum, "factotum-job_worker-small"), (.metrics, "kibana"),
            (.verdi, "dumby-job_worker-small"), (.mozart, "rabbitmq-server"),
        ])
    func names(component: Component, name: String) throws {
        let (_, topology) = try Fixture.topology("")
        #expect(topology.programs(of: component).contains { $0.name == name })
    }

    @Test("show no set-up and no reset")
    func lasting() throws {
        let (_, topology) = try Fixture.topology("")
        for component in Component.allCases {
            #expect(topology.programs(of: component).allSatisfy { $0.role.isLasting })
        }
        #expect(!topology.setUps(of: .mozart).isEmpty)
        #expect(!topology.resets(of: .mozart).isEmpty)
    }
}
