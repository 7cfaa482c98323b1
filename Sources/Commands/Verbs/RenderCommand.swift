internal import ArgumentParser
internal import HySDS
internal import Kubernetes
internal import Operations

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print the objects that update would apply, as YAML that kubectl takes.",
        discussion: """
            Secrets are masked unless --show-secrets is said; masked objects are for reading, not for applying.

            EXAMPLES
              sds render grq | less
              sds render all --admin | kubectl apply -f -     namespaces and rights, once, by an administrator
            """)

    @Argument(help: "mozart, grq, metrics, factotum, verdi or all.")
    var component = "all"
    @Flag(help: "What an administrator applies once: namespaces and the operator's rights.")
    var admin = false
    @Flag(help: "Print secrets as they are.")
    var showSecrets = false
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let surroundings = try Surroundings(options)
        let objects: [KubernetesObject]
        do {
            if admin {
                objects = try Administration.objects(site: surroundings.site, share: surroundings.share)
            } else {
                let components = try surroundings.selection(component, for: .update)
                let session = try await surroundings.session("render \(component)", Session.Options())
                objects = try await Render(components)(session)
            }
        } catch {
            throw OperationError(error)
        }
        let shown = showSecrets ? objects : objects.map(\.masked)
        if options.output == .json { return try surroundings.console.result(json: shown) }
        surroundings.console.result(ManifestWriter.text(shown))
    }
}

extension KubernetesObject {
    /// A Secret's values replaced by a word; everything else as it is.
    fileprivate var masked: KubernetesObject {
        guard kind == "Secret" else { return self }
        var copy = self
        for member in ["data", "stringData"] {
            guard let values = self[path: [member]]?.object else { continue }
            copy[path: [member]] = .object(values.mapValues { _ in .string("bWFza2Vk") })
        }
        return copy
    }
}
