internal import ArgumentParser

/// Options that every verb takes. Short letters belong to sdscli's flags alone.
struct GlobalOptions: ParsableArguments {
    @Flag(name: [.customShort("d"), .long], help: "Show every request to the cluster; secrets are never shown.")
    var debug = false

    @Option(
        name: [.customShort("t"), .long], help: "Type of system; only hysds.",
        transform: { text in
            guard text == "hysds" else {
                throw ValidationError("expected 'hysds' after -t, found '\(text)'; 'sdskit' has no verbs here")
            }
            return text
        })
    var type = "hysds"

    @Option(
        help: "The kubeconfig file; else KUBECONFIG, ~/.kube/config, or the pod's own service account.",
        completion: .file())
    var kubeconfig: String?

    @Option(help: "The kubeconfig's context; else kubernetes.context of the configuration.")
    var context: String?

    @Option(help: "The namespace; else kubernetes.namespace of the configuration, else the context's.")
    var namespace: String?

    @Option(help: "The configuration file.", completion: .file())
    var config = "~/.sds/config"

    @Option(help: "The folder of the code trees; else OPS_HOME/mozart/ops.", completion: .directory)
    var ops: String?

    @Option(help: "text or json. With json, stdout is exactly one document.")
    var output = OutputFormat.text
}

/// Options of the verbs that render templates.
struct RenderingOptions: ParsableArguments {
    @Flag(
        help: "A name that no key of the configuration has is empty in templates, as with sdscli, instead of an error.")
    var allowUndefined = false
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Options of the verbs that change something.
struct ChangeOptions: ParsableArguments {
    @Flag(name: [.customShort("f"), .long], help: "Don't ask.")
    var force = false

    @Flag(help: "Show what would be done and stop.")
    var dryRun = false

    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(900)

    @Option(help: "How long to wait when another operator holds the lock.", transform: Interval.parse)
    var lockWait: Duration = .seconds(60)
}
