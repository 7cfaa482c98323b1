import Testing

@testable import Kubernetes

@Suite struct PodSecurityTests {
    static let good: JSONValue = [
        "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
        "volumes": [["name": "a", "emptyDir": [:]], ["name": "b", "projected": [:]], ["name": "c", "secret": [:]]],
        "containers": [
            ["name": "a", "securityContext": ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]]]
        ],
        "initContainers": [
            [
                "name": "i",
                "securityContext": [
                    "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"], "add": ["NET_BIND_SERVICE"]],
                ],
            ]
        ],
    ]

    static func with(_ path: [String], _ value: JSONValue?) -> JSONValue {
        var spec = good
        if path.first == "containers" {
            var container = spec["containers"]?[0] ?? [:]
            container[path: Array(path.dropFirst())] = value
            spec["containers"] = [container]
        } else {
            spec[path: path] = value
        }
        return spec
    }

    @Test("a good pod has no violation")
    func accepted() {
        #expect(PodSecurity.restricted(Self.good).isEmpty)
        #expect(PodSecurity.baseline(Self.good).isEmpty)
    }

    @Test("a bare pod breaks what restricted demands and nothing of baseline")
    func bare() {
        let spec: JSONValue = ["containers": [["name": "a"]]]
        #expect(
            PodSecurity.restricted(spec).map(\.control)
                == ["Running as Non-root", "Privilege Escalation", "Seccomp", "Capabilities"])
        #expect(PodSecurity.baseline(spec).isEmpty)
    }

    @Test(
        "each control of baseline",
        arguments: [
            (["hostNetwork"], true, "Host Namespaces"), (["hostPID"], true, "Host Namespaces"),
            (["hostIPC"], true, "Host Namespaces"),
            (["volumes"], [["name": "a", "hostPath": [:]]], "HostPath Volumes"),
            (["containers", "ports"], [["hostPort": 80]], "Host Ports"),
            (["containers", "securityContext", "privileged"], true, "Privileged Containers"),
            (["containers", "securityContext", "capabilities", "add"], ["SYS_ADMIN"], "Capabilities"),
            (["containers", "securityContext", "procMount"], "Unmasked", "/proc Mount Type"),
            (["containers", "securityContext", "seccompProfile"], ["type": "Unconfined"], "Seccomp"),
            (["securityContext", "appArmorProfile"], ["type": "Unconfined"], "AppArmor"),
            (["securityContext", "seLinuxOptions"], ["type": "spc_t"], "SELinux"),
            (["securityContext", "seLinuxOptions"], ["role": "r"], "SELinux"),
            (["securityContext", "windowsOptions"], ["hostProcess": true], "HostProcess"),
            (["securityContext", "sysctls"], [["name": "kernel.msgmax"]], "Sysctls"),
            (["containers", "livenessProbe"], ["httpGet": ["host": "1.2.3.4"]], "Host Probes / Lifecycle Hooks"),
            (["containers", "lifecycle", "preStop"], ["tcpSocket": ["host": "x"]], "Host Probes / Lifecycle Hooks"),
        ] as [([String], JSONValue, String)])
    func baseline(path: [String], value: JSONValue, control: String) {
        #expect(PodSecurity.baseline(Self.with(path, value)).map(\.control) == [control])
        #expect(PodSecurity.restricted(Self.with(path, value)).map(\.control).contains(control))
    }

    @Test(
        "each control of restricted",
        arguments: [
            (["volumes"], [["name": "a", "nfs": [:]]], "Volume Types"),
            (["containers", "securityContext", "allowPrivilegeEscalation"], nil, "Privilege Escalation"),
            (["containers", "securityContext", "allowPrivilegeEscalation"], true, "Privilege Escalation"),
            (["containers", "securityContext", "runAsNonRoot"], false, "Running as Non-root"),
            (["securityContext", "runAsUser"], 0, "Running as Non-root user"),
            (["containers", "securityContext", "runAsUser"], 0, "Running as Non-root user"),
            (["containers", "securityContext", "capabilities", "drop"], ["NET_RAW"], "Capabilities"),
            (["containers", "securityContext", "capabilities", "add"], ["CHOWN"], "Capabilities"),
        ] as [([String], JSONValue?, String)])
    func restricted(path: [String], value: JSONValue?, control: String) {
        #expect(PodSecurity.restricted(Self.with(path, value)).map(\.control) == [control])
        #expect(PodSecurity.baseline(Self.with(path, value)).isEmpty)
    }

    @Test("what the pod doesn't say every container has to say, init containers too")
    func perContainer() {
        let spec = Self.with(["securityContext"], nil)
        #expect(PodSecurity.restricted(spec).count == 4)
        #expect(PodSecurity.restricted(spec).contains { $0.field.contains("initContainers[i]") })
    }

    @Test("a workload is checked by its template, with AppArmor's old annotation")
    func workload() {
        let job = KubernetesObject([
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": ["name": "a"],
            "spec": [
                "jobTemplate": [
                    "spec": [
                        "template": [
                            "metadata": [
                                "annotations": ["container.apparmor.security.beta.kubernetes.io/a": "unconfined"]
                            ],
                            "spec": Self.good,
                        ]
                    ]
                ]
            ],
        ])
        #expect(PodSecurity.violations(of: .baseline, in: job).map(\.control) == ["AppArmor"])
        #expect(PodSecurity.violations(of: .privileged, in: job).isEmpty)
    }
}
