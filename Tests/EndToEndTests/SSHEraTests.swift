import Foundation
import Testing

/// A team that comes from sdscli: its own configuration and overrides, taken over and run.
@Suite(.onCluster)
struct SSHEraTests {
    private static let old = """
        # written by sdscli
        TYPE: hysds
        MOZART_PVT_IP: 10.0.0.5
        MOZART_PUB_IP: 10.0.0.5
        MOZART_FQDN: mozart.example.org
        MOZART_RABBIT_PVT_IP: 10.0.0.5
        MOZART_RABBIT_USER: guest
        MOZART_RABBIT_PASSWORD: guest
        MOZART_REDIS_PVT_IP: 10.0.0.5
        MOZART_REDIS_PASSWORD:
        MOZART_ES_PVT_IP: 10.0.0.5
        OPS_USER: ops
        KEY_FILENAME: /home/ops/.ssh/id_rsa
        METRICS_PVT_IP: 10.0.0.7
        METRICS_REDIS_PVT_IP: 10.0.0.7
        METRICS_ES_PVT_IP: 10.0.0.7
        GRQ_PVT_IP: 10.0.0.8
        GRQ_PORT: 8878
        GRQ_ES_PVT_IP: 10.0.0.8
        DAV_SERVER: None
        VENUE: e2e
        QUEUES:
          - QUEUE_NAME: \(SiteSettings.queue)   # ours
            INSTANCE_TYPES: [t3.medium]
        MISSION_BUCKET: mission
        """
    private static let worker =
        "celery --app=hysds worker --concurrency=1 --loglevel=INFO -n %(program_name)s.%(process_num)02d.%%h -O fair --without-mingle --without-gossip --heartbeat-interval=60"

    /// What a small site left in its overrides; what isn't in them is off.
    private static let overrides = [
        "mozart": """
        [supervisord]
        logfile=%(here)s/../log/supervisord.log
        [program:instance_stats]
        command={{ OPS_HOME }}/mozart/ops/hysds/scripts/log_instance_stats.py --interval 600
        [program:orchestrator_jobs]
        numprocs=2
        command=\(worker) -Q jobs_processed
        [program:mozart_job_management]
        command=gunicorn -w1 -b 0.0.0.0:8888 -k gevent --timeout=3600 --graceful-timeout=3600 mozart:app
        """,
        "grq": "[program:instance_stats]\ncommand=x\n",
        "factotum": """
        [program:mission_queue]
        numprocs=1
        environment=MISSION="{{ MISSION_BUCKET }}",
            HYSDS_ROOT_WORK_DIR="/data/work"
        command=\(worker) -Q mission-queue
        """,
    ]

    @Test("its configuration is taken over, and its scripts run on it")
    func takeOver() async throws {
        try await Operator.with("sshera", .small) { person in
            try person.write(Self.old, to: "old")
            try FileManager.default.removeItem(at: person.home.appending(path: ".sds/config"))
            try FileManager.default.createDirectory(
                at: person.home.appending(path: ".sds/files"), withIntermediateDirectories: true)
            for (component, text) in Self.overrides {
                try person.write(text, to: ".sds/files/supervisord.conf.\(component)")
            }
            let images = person.laboratory.images.map { "\($0.key): \"\($0.value)\"" }.joined(separator: ", ")
            let configured = try await person.script(
                """
                export SDS_KUBERNETES_NAMESPACE=\(person.namespace) SDS_KUBERNETES_PROFILE=single-node
                export SDS_KUBERNETES_IMAGES='{\(images)}'
                sds configure --from ~/old --anew all
                sds configure check
                """)
            #expect(configured.exitCode == 0, "\(configured)")
            #expect(configured.output.contains("MOZART_RABBIT_PASSWORD"), "each key has its line")

            let up = try await person.script("sds update all -f; sds start all -f; sds status all")
            #expect(up.exitCode == 0, "\(up)")
            #expect(try await person.runJob().status == "job-completed")

            let variables = try await person.sds("run", "mission-queue", "--", "sh", "-c", "echo $MISSION $SDS_QUEUE")
            #expect(variables.output == "mission mission-queue\n", "\(variables)")
            let processes = try await person.sds("run", "orchestrator-jobs", "--", "sh", "-c", "echo $SDS_PROCESSES")
            #expect(processes.output == "2\n", "\(processes)")
            let deployments = try await person.kubectl("get", "deployments", "-o", "name")
            #expect(!deployments.contains("pele") && deployments.contains("mozart-rest"))
            let history = try await person.sds("history")
            for line in ["sds update all", "sds start all"] { #expect(history.output.contains(line), "\(history)") }
        }
    }
}
