import Foundation
import Kubernetes
import Testing

@testable import HySDS

@Suite("The operator's supervisord files")
struct SupervisorTests {
    // MARK: The file itself

    @Test("are read as supervisord reads them")
    func file() {
        let file = SupervisorFile(
            """
            ; a comment
            [supervisord]
            logfile = %(here)s/x.log   ; behind a value
            [program:one]
            Command = gunicorn -w4
                    --timeout=3600
            # a comment within
                    app:app
            environment=A="1",
                B="2;3"

            numprocs: 4
            numprocs = 5
            [program: two]
            command=x #y
            """, file: "f")
        #expect(file.errors == [])
        #expect(file.sections.map(\.name) == ["supervisord", "program:one", "program: two"])
        let one = file.sections[1]
        #expect(one["command"] == "gunicorn -w4\n--timeout=3600\napp:app")
        #expect(one["environment"] == "A=\"1\",\nB=\"2;3\"")
        #expect(one["numprocs"] == "5")
        #expect(file.sections[0]["logfile"] == "%(here)s/x.log")
        #expect(file.sections[2].program == "two")
        #expect(file.sections[2]["command"] == "x")
    }

    @Test(
        "are refused with the line when they are no such file",
        arguments: [
            ("x = 1\n", "f:1: expected a [section] first"),
            ("[a]\nwords\n", "f:2: expected `key = value` or a [section]"),
        ])
    func mistakes(text: String, complaint: String) {
        #expect(SupervisorFile(text, file: "f").errors.map(\.description) == [complaint])
    }

    @Test(
        "have words quoted as in a shell",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]),
            ("'p:create(\"x\")'", ["p:create(\"x\")"]), ("a ''", ["a", ""]), ("", []), ("'a", nil),
        ] as [(String, [String]?)])
    func words(text: String, words: [String]?) {
        #expect(ShellWords.split(text) == words)
    }

    @Test(
        "have assignments as supervisord takes them",
        arguments: [
            ("A=\"1\",B='2 3', C=4", "A=1|B=2 3|C=4"), ("A=\"1\",\n  B=\"2\"", "A=1|B=2"), ("A=", "A="), ("", ""),
            ("A=\"x,y\"", "A=x,y"), ("A", "nil"), ("A=\"x", "nil"), ("A=\"x\"y", "nil"), ("1A=x", "nil"),
        ])
    func assignments(text: String, result: String) {
        let found = ShellWords.assignments(text)
        #expect((found.map { $0.map { "\($0.name)=\($0.value)" }.joined(separator: "|") } ?? "nil") == result)
    }

    // MARK: Translation

    static let celery =
        "celery --app=hysds worker --concurrency=1 --loglevel=INFO -n %(program_name)s.%(process_num)02d.%%h -O fair --without-mingle --without-gossip --heartbeat-interval=60"

    static func overrides(_ files: [String: String], profile: String = "production") throws -> SupervisorOverrides {
        let (configuration, topology) = try Fixture.topology(
            Fixture.small.replacing("profile: single-node", with: "profile: \(profile)"))
        return try SupervisorOverrides(
            rendering: FileRendering(
                configuration: configuration, topology: topology,
                sources: try TemplateSources(installation: Fixture.installation),
                texts: TemplateTexts(user: files.mapValues { Array($0.utf8) }, conf: Fixture.installation.conf)),
            topology: topology, installation: Fixture.installation)
    }

    /// A file with one program, and the others of its component as HySDS has them.
    static func file(_ component: String, _ program: String, _ body: String) -> [String: String] {
        let standard =
            [
                "factotum": [
                    "on_demand_job": 4, "on_demand_dataset": 4, "user_rules_job": 64, "user_rules_dataset": 64,
                    "user_rules_trigger": 32, "import_prov_es": 1, "system-jobs-queue": 32,
                    "factotum-job_worker-small": 1,
                    "factotum-job_worker-large": 1,
                ], "grq": ["grq2": 1, "pele": 1],
                "mozart": [
                    "process_events": 1, "process_events_tasks": 1, "orchestrator_datasets": 32,
                    "orchestrator_jobs": 32, "flower": 1,
                    "logstash_indexer": 1, "mozart_job_management": 1, "watchdog_job_timeouts": 1,
                    "watchdog_task_timeouts": 1,
                    "watchdog_worker_timeouts": 1,
                ],
            ][component] ?? [:]
        var text = "[supervisord]\nloglevel=info\n[program:\(program)]\n\(body)\n"
        for (name, count) in standard.sorted(by: { $0.key < $1.key }) where name != program {
            let command =
                switch component {
                case "factotum": "\(celery) -Q \(name)"
                default: ""
                }
            text +=
                "[program:\(name)]\nnumprocs=\(count)\ncommand=\(command.isEmpty ? Self.commands[name] ?? "x" : command)\n"
        }
        return ["supervisord.conf.\(component)": text]
    }

    static let commands = [
        "grq2": "gunicorn -w4 -b 0.0.0.0:8878 -k gevent --keyfile= --certfile= --limit-request-line=0 grq2:app",
        "pele":
            "gunicorn -w4 -b 127.0.0.1:8877 -k gevent --timeout=3600 --graceful-timeout=3600 --limit-request-line=0 'pele:create_app(\"x\")'",
        "process_events_tasks": "\(celery) -Q process_events_tasks", "orchestrator_jobs": "\(celery) -Q jobs_processed",
        "orchestrator_datasets": "\(celery) -Q dataset_processed",
        "mozart_job_management":
            "gunicorn -w4 -b 0.0.0.0:8888 -k gevent --timeout=3600 --graceful-timeout=3600 mozart:app",
        "watchdog_worker_timeouts": "{{ OPS_HOME }}/mozart/ops/hysds/scripts/watchdog_worker_timeouts.py -t 120",
        "process_events": "{{ OPS_HOME }}/x/process_events.py",
    ]

    static func settings(_ change: (inout WorkloadSettings) -> Void) -> WorkloadSettings {
        var settings = WorkloadSettings()
        change(&settings)
        return settings
    }

    @Test("that say what HySDS's own say change nothing")
    func unchanged() throws {
        for file in [
            Self.file("factotum", "user_rules_job", "numprocs=64\ncommand=\(Self.celery) -Q user_rules_job"),
            Self.file("grq", "grq2", "numprocs=1\ncommand=\(Self.commands["grq2"] ?? "")"),
            Self.file("mozart", "orchestrator_jobs", "numprocs=32\ncommand=\(Self.celery) -Q jobs_processed"),
            ["supervisord.conf.tmpl": "[program:{{ queue }}]\ncommand=\(Self.celery) -Q {{ queue }}\n"],
        ] {
            let overrides = try Self.overrides(file)
            #expect(overrides.refusals.map(\.description) == [])
            #expect(overrides.isEmpty, "\(overrides.workloads) \(overrides.queues)")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var component: String
        var program: String
        var body: String
        var workload: String
        var settings: WorkloadSettings
        var testDescription: String { "\(program): \(body.prefix(60))" }
    }

    static let cases: [Case] = [
        // Light queues: processes in few pods.
        Case(
            component: "factotum", program: "user_rules_job", body: "numprocs=8\ncommand=\(celery) -Q user_rules_job",
            workload: "user-rules-job", settings: settings { ($0.replicas, $0.processes) = (1, 8) }),
        Case(
            component: "factotum", program: "user_rules_job", body: "numprocs=100\ncommand=\(celery) -Q user_rules_job",
            workload: "user-rules-job", settings: settings { ($0.replicas, $0.processes) = (7, 15) }),
        Case(
            component: "factotum", program: "on_demand_job", body: "numprocs=1\ncommand=\(celery) -Q on_demand_job",
            workload: "on-demand-job", settings: settings { ($0.replicas, $0.processes) = (1, 1) }),
        Case(
            component: "mozart", program: "orchestrator_jobs",
            body: "numprocs=2\ncommand=celery --app=hysds worker -c 4 -Q jobs_processed",
            workload: "orchestrator-jobs", settings: settings { ($0.replicas, $0.processes) = (1, 8) }),
        // Job queues: pods.
        Case(
            component: "factotum", program: "factotum-job_worker-small",
            body: "numprocs=5\ncommand=\(celery) -Q factotum-job_worker-small",
            workload: "factotum-job-worker-small", settings: settings { $0.replicas = 5 }),
        Case(
            component: "factotum", program: "factotum-job_worker-large",
            body: "autostart=false\ncommand=\(celery) -Q factotum-job_worker-large",
            workload: "factotum-job-worker-large", settings: settings { $0.replicas = 0 }),
        // Queue and environment.
        Case(
            component: "factotum", program: "factotum-job_worker-large",
            body:
                "command=\(celery) -Q factotum-huge\nenvironment=HYSDS_ROOT_WORK_DIR=\"/data/work\",\n    MISSION_MODE=\"a b\",RATE=5%%",
            workload: "factotum-job-worker-large",
            settings: settings {
                $0.queue = "factotum-huge"
                $0.environment = ["MISSION_MODE": "a b", "RATE": "5%"]
            }),
        // REST services.
        Case(
            component: "grq", program: "grq2",
            body: "command=gunicorn -w 12 -b 0.0.0.0:8878 -k gevent --limit-request-line=0 grq2:app",
            workload: "grq2", settings: settings { $0.processes = 12 }),
    ]

    @Test("become settings of workloads", arguments: cases)
    func translation(example: Case) throws {
        let overrides = try Self.overrides(Self.file(example.component, example.program, example.body))
        #expect(overrides.refusals.map(\.description) == [])
        #expect(overrides.workloads == [example.workload: example.settings])
        #expect(overrides.notes.allSatisfy { $0.hasPrefix("~/.sds/files/supervisord.conf.") })
    }

    @Test(
        "are refused by file, line, section and key where nothing means the same",
        arguments: [
            (
                "factotum", "user_rules_job", "command=\(celery) -Q user_rules_job\numask=022",
                "~/.sds/files/supervisord.conf.factotum:5: [program:user_rules_job] umask: no setting of a workload means the same"
            ),
            (
                "factotum", "user_rules_job", "command=\(celery) -Q a,b",
                "~/.sds/files/supervisord.conf.factotum:4: [program:user_rules_job] command: -Q: expected one queue, found 2"
            ),
            (
                "factotum", "user_rules_job", "command=\(celery) -Q user_rules_job --max-tasks-per-child=5",
                "~/.sds/files/supervisord.conf.factotum:4: [program:user_rules_job] command: --max-tasks-per-child: the pods of user-rules-job run without it"
            ),
            (
                "factotum", "user_rules_job",
                "command=\(celery) -Q user_rules_job\nenvironment=DB_PASSWORD=\"hunter2\"",
                "~/.sds/files/supervisord.conf.factotum:5: [program:user_rules_job] environment: DB_PASSWORD: a secret can't be an environment variable: job folders would show it"
            ),
            (
                "factotum", "user_rules_job",
                "command=\(celery) -Q user_rules_job\nenvironment=PYTHONPATH=\"/home/ops/x\"",
                "~/.sds/files/supervisord.conf.factotum:5: [program:user_rules_job] environment: PYTHONPATH: a folder of a host; a pod has its own"
            ),
            (
                "factotum", "user_rules_job", "command=\(celery) -Q user_rules_job\nnumprocs=many",
                "~/.sds/files/supervisord.conf.factotum:5: [program:user_rules_job] numprocs: expected a whole number, found 'many'"
            ),
            (
                "factotum", "my_daemon", "command=/usr/bin/mine",
                "~/.sds/files/supervisord.conf.factotum:3: [program:my_daemon]: no workload of k8s/ runs it, and it is no Celery worker of a queue"
            ),
            (
                "mozart", "watchdog_job_timeouts", "command=/x/watchdog_job_timeouts.py\nnumprocs=2",
                "~/.sds/files/supervisord.conf.mozart:5: [program:watchdog_job_timeouts] numprocs: watchdog-job-timeouts must run once, found 2"
            ),
        ])
    func refusals(component: String, program: String, body: String, complaint: String) throws {
        let overrides = try Self.overrides(Self.file(component, program, body))
        let complaints = overrides.refusals.map { "\($0.subject): \($0.message)" }
        #expect(complaints.contains(complaint), "\(complaints)")
        #expect(!"\(overrides.refusals)".contains("hunter2"))
    }

    @Test(
        "are refused for sections that nothing takes the place of",
        arguments: ["[eventlistener:x]\ncommand=y", "[fcgi-program:x]\ncommand=y", "[include]\nfiles=*.conf"])
    func sections(section: String) throws {
        let refusals = try Self.overrides(["supervisord.conf.verdi": section]).refusals
        #expect(refusals.map(\.message) == ["nothing on Kubernetes takes its place"])
        #expect(refusals.first?.subject.contains(":1: \(section.prefix { $0 != "\n" })") == true)
    }

    @Test("turn off what they leave out, and drop what a pod has no use for")
    func leftOut() throws {
        let overrides = try Self.overrides([
            "supervisord.conf.grq":
                "[program:instance_stats]\ncommand=x\n[program:grq2]\ncommand=\(Self.commands["grq2"] ?? "")\n"
        ])
        #expect(overrides.refusals == [])
        #expect(overrides.workloads == ["pele": Self.settings { $0.isEnabled = false }])
        #expect(overrides.notes.count == 2)
    }

    @Test("make workers of a queue of the operator's own, in the component of the file")
    func ownQueue() throws {
        let text = Self.file(
            "factotum", "my_queue", "numprocs=3\ncommand=\(Self.celery) -Q my-queue\nenvironment=MODE=fast")
        let overrides = try Self.overrides(text)
        #expect(overrides.refusals == [])
        let configuration = try Fixture.configuration(Fixture.small).taking(overrides)
        let topology = try Topology(installation: Fixture.installation, configuration: configuration)
        let worker = try #require(topology["my-queue"])
        #expect(worker.component == .factotum)
        #expect(worker.queue == "my-queue")
        #expect(worker.declaredReplicas == 3)
        #expect(worker.settings.environment == ["MODE": "fast"])
        #expect(worker.object.labels["sds.hysds.org/component"] == "factotum")
    }

    @Test("don't bring back what the profile turned off")
    func profile() throws {
        let file = Self.file("factotum", "import_prov_es", "numprocs=3\ncommand=\(Self.celery) -Q import_prov_es")
        let overrides = try Self.overrides(file, profile: "single-node")
        #expect(overrides.isEmpty && overrides.refusals.isEmpty)
        #expect(
            overrides.notes.contains { $0.hasSuffix("import_prov_es stays off, as the settings or the profile say") })
    }

    @Test("count less than what the operator's own settings say")
    func precedence() throws {
        let overrides = try Self.overrides(
            Self.file("factotum", "user_rules_job", "numprocs=8\ncommand=\(Self.celery) -Q user_rules_job"),
            profile: "single-node")
        let text = Fixture.small + "\n  workloads: {user-rules-job: {processes: 2}}\n"
        let topology = try Topology(
            installation: Fixture.installation, configuration: try Fixture.configuration(text).taking(overrides))
        #expect(topology["user-rules-job"]?.settings.processes == 2)
        #expect(topology["user-rules-job"]?.settings.replicas == 1)
    }

    @Test("of workers on EC2 become settings of each queue")
    func queues() throws {
        let overrides = try Self.overrides([
            "supervisord.conf.tmpl":
                "[program:{{ queue }}]\nnumprocs=2\ncommand=\(Self.celery) -Q {{ queue }}\nenvironment=FACTER_fqdn=\"__FQDN__\",HOST_UID=\"__HOST_UID__\",MINE=1\n[program:instance_stats]\ncommand=x\n"
        ])
        #expect(overrides.refusals.map(\.description) == [])
        #expect(
            overrides.queues == [
                "test-job_worker-small": Self.settings { ($0.replicas, $0.environment) = (2, ["MINE": "1"]) }
            ])
    }
}
