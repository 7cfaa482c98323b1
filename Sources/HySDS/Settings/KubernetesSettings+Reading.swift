extension KubernetesSettings {
    /// Every key of the section, as a path from the top: `kubernetes.storage.class`, `kubernetes.workloads.NAME.env`.
    package static let keys: [String] = {
        var reader = SettingsReader(
            file: "", path: "kubernetes", node: .mapping([], line: 1), isSurveying: true)
        _ = KubernetesSettings(reading: &reader)
        return reader.surveyed
    }()

    init(reading reader: inout SettingsReader) {
        context = reader.text("context")
        kubeconfig = reader.text("kubeconfig")
        namespace = reader.name("namespace") ?? namespace
        profile = reader.choice("profile", Profile.self) ?? profile
        images = reader.textsByName("images") ?? [:]
        imagePullPolicy = reader.choice("image-pull-policy", ImagePullPolicy.self)
        imagePullSecrets = reader.texts("image-pull-secrets") ?? []
        storage = reader.section("storage") { StorageSettings(reading: &$0) } ?? storage
        ingress = reader.section("ingress") { IngressSettings(reading: &$0) } ?? ingress
        front = reader.section("front") { FrontSettings(reading: &$0) } ?? front
        outside = OutsideAddresses(reader.textsByName("outside") ?? [:])
        for name in outside.unknown {
            reader.complain(
                reader.line(of: "outside"), "kubernetes.outside.\(name)", "no part of HySDS of this name",
                hint: Spelling.hint(for: name, among: OutsideAddresses.names))
        }
        networkPolicies = reader.boolean("network-policies") ?? false
        keda = reader.boolean("keda") ?? false
        if reader.isBoolean("tls") {
            tls.isEnabled = reader.boolean("tls") ?? false
        } else {
            tls = reader.section("tls") { TLSSettings(reading: &$0) } ?? tls
        }
        workloads = reader.sections("workloads") { _, section in WorkloadSettings(reading: &section) }
        queues = reader.sections("queues") { _, section in WorkloadSettings(reading: &section) }
        shared = reader.textsByName("shared") ?? [:]
        external = reader.sections("external") { _, section in ExternalStore(reading: &section) }.compactMapValues(
            \.self)
        if namespace.utf8.count > 58 {
            reader.complain(
                reader.line(of: "namespace"), "kubernetes.namespace",
                "expected at most 58 characters, found \(namespace.utf8.count)",
                hint: "the jobs' namespace is named after it")
        }
        for (name, reference) in images.sorted(by: { $0.key < $1.key })
        where reference.isEmpty || reference.contains(where: \.isWhitespace) {
            reader.complain(
                reader.line(of: "images"), "kubernetes.images.\(name)",
                "expected an image reference such as registry/name@sha256:…, found '\(reference)'")
        }
        for name in external.keys.sorted() where shared[name] != nil {
            reader.complain(
                reader.line(of: "external"), "kubernetes.external.\(name)",
                "expected one place, found it under shared as well")
        }
        if tls.isEnabled { refuseEngines(&reader) }
        if front.authentication == .url && front.authenticationURL == nil {
            reader.complain(
                reader.line(of: "front"), "kubernetes.front.auth-url",
                "expected the address of the authentication service, found nothing")
        }
    }
}

extension KubernetesSettings {
    /// On the TLS line the second namespace would need the authority as well, which isn't brought there yet.
    private func refuseEngines(_ reader: inout SettingsReader) {
        for (section, settings) in [("queues", queues), ("workloads", workloads)] {
            for (name, own) in settings.sorted(by: { $0.key < $1.key })
            where ![nil, WorkloadSettings.Engine.none].contains(own.engine) {
                reader.complain(
                    reader.line(of: section), "kubernetes.\(section).\(name).engine",
                    "expected none: workers with a container engine don't speak TLS yet",
                    hint: "take the engine away, or kubernetes.tls")
            }
        }
    }
}

extension StorageSettings {
    init(reading reader: inout SettingsReader) {
        storageClass = reader.text("class")
        sizes = reader.textsByName("sizes") ?? [:]
        for (name, size) in sizes.sorted(by: { $0.key < $1.key }) where !SettingsReader.isQuantity(size) {
            reader.complain(
                reader.line(of: "sizes"), "\(reader.path).sizes.\(name)",
                "expected a quantity such as 10Gi, found '\(size)'")
        }
    }
}

extension IngressSettings {
    init(reading reader: inout SettingsReader) {
        isEnabled = reader.boolean("enabled") ?? false
        className = reader.text("class")
        host = reader.text("host")
        tlsSecret = reader.text("tls-secret")
        annotations = reader.textsByName("annotations") ?? [:]
    }
}

extension FrontSettings {
    init(reading reader: inout SettingsReader) {
        authentication = reader.choice("auth", Authentication.self)
        authenticationURL = reader.text("auth-url")
        users = (reader.textsByName("users") ?? [:]).mapValues { Secret($0) }
        serviceType = reader.text("service-type")
        serviceAnnotations = reader.textsByName("service-annotations") ?? [:]
    }
}

extension WorkloadSettings {
    init(reading reader: inout SettingsReader) {
        isEnabled = reader.boolean("enabled")
        replicas = reader.count("replicas")
        if let resources = reader.section("resources", { Self.resources(&$0) }) {
            (requests, limits) = resources
        }
        nodeSelector = reader.textsByName("node-selector") ?? [:]
        tolerations = reader.values("tolerations") ?? []
        gpus = reader.count("gpu")
        processes = reader.count("processes", atLeast: 1)
        priorityClass = reader.text("priority-class")
        environment = reader.textsByName("env") ?? [:]
        annotations = reader.textsByName("annotations") ?? [:]
        image = reader.text("image")
        queue = reader.text("queue")
        readEngine(&reader)
        longestJobSeconds = reader.count("longest-job-seconds", atLeast: 1)
        drainSeconds = reader.count("drain-seconds")
        workSize = reader.quantity("work-size")
        storageSize = reader.quantity("storage")
        minimumReplicas = reader.count("min")
        maximumReplicas = reader.count("max", atLeast: 1)
        if let minimumReplicas, let maximumReplicas, minimumReplicas > maximumReplicas {
            reader.complain(
                reader.line(of: "min"), "\(reader.path).min",
                "expected at most max (\(maximumReplicas)), found \(minimumReplicas)")
        }
    }

    private mutating func readEngine(_ reader: inout SettingsReader) {
        engine = reader.choice("engine", Engine.self)
        engineSocket = reader.text("engine-socket")
        engineGroup = reader.count("engine-group")
        engineEnvironment = reader.textsByName("engine-env") ?? [:]
        if let resources = reader.section("engine-resources", { Self.resources(&$0) }) {
            (engineRequests, engineLimits) = resources
        }
        if let engineSocket, !engineSocket.hasPrefix("/") || engineSocket.contains("..") {
            reader.complain(
                reader.line(of: "engine-socket"), "\(reader.path).engine-socket",
                "expected an absolute path on the node such as /run/podman/podman.sock, found '\(engineSocket)'")
        }
    }

    private static func resources(_ reader: inout SettingsReader) -> ([String: String], [String: String]) {
        func amounts(_ key: String) -> [String: String] {
            let amounts = reader.textsByName(key) ?? [:]
            for (name, amount) in amounts.sorted(by: { $0.key < $1.key }) where !SettingsReader.isQuantity(amount) {
                reader.complain(
                    reader.line(of: key), "\(reader.path).\(key).\(name)",
                    "expected a quantity such as 500m or 4Gi, found '\(amount)'")
            }
            return amounts
        }
        return (amounts("requests"), amounts("limits"))
    }
}

extension ExternalStore {
    init?(reading reader: inout SettingsReader) {
        let address = reader.text("address")
        let port = reader.count("port", atLeast: 1)
        let secret = reader.text("secret")
        let isExclusive = reader.boolean("exclusive") ?? false
        let usesTLS = reader.boolean("tls") ?? false
        guard let address else {
            reader.complain(
                reader.line, "\(reader.path).address", "expected a host name or an IP address, found nothing")
            return nil
        }
        self.init(address: address, port: port, secret: secret, isExclusive: isExclusive, usesTLS: usesTLS)
    }
}
