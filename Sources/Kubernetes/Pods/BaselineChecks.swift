/// The controls of the level "baseline", in the order of the standard's page.
enum BaselineChecks {
    typealias Violation = PodSecurity.Violation

    private static let capabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID",
        "SETPCAP", "SETUID", "SYS_CHROOT",
    ]
    private static let sysctls: Set<String> = [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ]
    private static let seLinuxTypes: Set<String> = [
        "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t",
    ]

    static func violations(_ pod: SecurityView) -> [Violation] {
        host(pod) + privileges(pod) + pod.contexts.flatMap(context) + pod.containers.flatMap(hostAddresses)
            + (pod.context["sysctls"]?.array ?? []).compactMap { sysctl in
                let name = sysctl["name"]?.string ?? ""
                return sysctls.contains(name)
                    ? nil
                    : Violation(
                        control: "Sysctls", field: "spec.securityContext.sysctls", message: "must not set \(name)")
            }
    }

    private static func host(_ pod: SecurityView) -> [Violation] {
        let namespaces = ["hostNetwork", "hostPID", "hostIPC"].filter { pod.spec[$0]?.bool == true }.map {
            Violation(control: "Host Namespaces", field: "spec.\($0)", message: "must not be true")
        }
        let paths = (pod.spec["volumes"]?.array ?? []).filter { $0["hostPath"] != nil }.map {
            Violation(
                control: "HostPath Volumes", field: "spec.volumes[\($0["name"]?.string ?? "?")]",
                message: "must not be a hostPath")
        }
        let ports = pod.containers.flatMap { part in
            (part.container["ports"]?.array ?? []).filter { ($0["hostPort"]?.integer ?? 0) != 0 }.map { _ in
                Violation(control: "Host Ports", field: "\(part.place).ports", message: "must not have a hostPort")
            }
        }
        return namespaces + paths + ports
    }

    private static func privileges(_ pod: SecurityView) -> [Violation] {
        pod.containers.flatMap { part -> [Violation] in
            var found: [Violation] = []
            if part.context["privileged"]?.bool == true {
                found.append(
                    Violation(
                        control: "Privileged Containers", field: "\(part.place).securityContext.privileged",
                        message: "must not be true"))
            }
            for added in part.context[path: ["capabilities", "add"]]?.array ?? [] {
                let name = added.string ?? ""
                guard !capabilities.contains(name) else { continue }
                found.append(
                    Violation(
                        control: "Capabilities", field: "\(part.place).securityContext.capabilities.add",
                        message: "must not add \(name)"))
            }
            if let mount = part.context["procMount"]?.string, mount != "Default" {
                found.append(
                    Violation(
                        control: "/proc Mount Type", field: "\(part.place).securityContext.procMount",
                        message: "must be Default, found \(mount)"))
            }
            return found
        }
    }

    private static func context(place: String, context: JSONValue) -> [Violation] {
        var found: [Violation] = []
        func refuse(_ control: String, _ field: String, _ message: String) {
            found.append(Violation(control: control, field: "\(place).\(field)", message: message))
        }
        if context[path: ["windowsOptions", "hostProcess"]]?.bool == true {
            refuse("HostProcess", "windowsOptions.hostProcess", "must not be true")
        }
        if let type = context[path: ["seccompProfile", "type"]]?.string, type == "Unconfined" {
            refuse("Seccomp", "seccompProfile.type", "must not be Unconfined")
        }
        if let type = context[path: ["appArmorProfile", "type"]]?.string, type == "Unconfined" {
            refuse("AppArmor", "appArmorProfile.type", "must not be Unconfined")
        }
        if let type = context[path: ["seLinuxOptions", "type"]]?.string, !seLinuxTypes.contains(type) {
            refuse("SELinux", "seLinuxOptions.type", "must not be \(type)")
        }
        for part in ["user", "role"] {
            if let value = context[path: ["seLinuxOptions", part]]?.string, !value.isEmpty {
                refuse("SELinux", "seLinuxOptions.\(part)", "must not be set")
            }
        }
        return found
    }

    /// Probes and hooks that name a host make the kubelet send requests anywhere.
    private static func hostAddresses(_ part: SecurityView.Part) -> [Violation] {
        let handlers =
            ["livenessProbe", "readinessProbe", "startupProbe"].map { [$0] }
            + [["lifecycle", "postStart"], ["lifecycle", "preStop"]]
        return handlers.flatMap { handler in
            ["httpGet", "tcpSocket"].compactMap { action in
                let path = handler + [action, "host"]
                guard let host = part.container[path: path]?.string, !host.isEmpty else { return nil }
                return Violation(
                    control: "Host Probes / Lifecycle Hooks", field: "\(part.place).\(path.joined(separator: "."))",
                    message: "must not be set")
            }
        }
    }

    static func appArmor(_ annotations: [String: String]) -> [Violation] {
        annotations.filter { $0.value != "runtime/default" && !$0.value.hasPrefix("localhost/") && !$0.value.isEmpty }
            .sorted { $0.key < $1.key }.map {
                Violation(
                    control: "AppArmor", field: "metadata.annotations[\($0.key)]", message: "must not be \($0.value)")
            }
    }
}
