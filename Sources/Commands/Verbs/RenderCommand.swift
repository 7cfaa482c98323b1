internal import ArgumentParser
internal import HySDS
internal import Kubernetes
internal import Operations

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print the objects that update would apply, or the files that pods get.",
        discussion: """
            EXAMPLES
              sds render grq | less
              sds render config mozart                        every rendered file with its path in the pod
              sds render all --admin | kubectl apply -f -     namespaces and rights, once, by an administrator

            Objects come as YAML that kubectl takes. Secrets are masked unless --show-secrets is said; masked objects are
            for reading, not for applying. Files are rendered without the cluster; their secrets are always masked.
            """)

    @Argument(
        help: "mozart, grq, metrics, factotum, verdi or all; or config and one of these.",
        completion: .list(["config"] + Selection.words(for: .update)))
    var component = "all"
    @Argument(help: "After config: the component, or a workload.", completion: Completions.names)
    var ofConfig: String?
    @Flag(help: "What an administrator applies once: namespaces and the operator's rights.")
    var admin = false
    @Flag(help: "Print secrets as they are.")
    var showSecrets = false
    @OptionGroup var rendering: RenderingOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if component != "config", let ofConfig { throw ValidationError("unexpected argument '\(ofConfig)'") }
        if component == "config", showSecrets || admin {
            throw ValidationError("'render config' masks secrets always and knows no --admin")
        }
    }

    func run() async throws {
        let surroundings = try Surroundings(options, allowsUndefined: rendering.allowUndefined)
        if component == "config" { return try showFiles(surroundings) }
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
        if options.output == .json { return try surroundings.console.result(json: ObjectDocument(items: shown)) }
        surroundings.console.result(ManifestWriter.text(shown))
    }

    private func showFiles(_ surroundings: Surroundings) throws {
        let files: [ShownFile]
        do {
            files = try ShownFile.all(ofConfig ?? Selection.everything, of: surroundings.site)
        } catch {
            throw OperationError(error)
        }
        if options.output == .json { return try surroundings.console.result(json: ShownFile.List(files: files)) }
        let console = surroundings.console
        for file in files {
            let secret = file.isSecret ? ", secret" : ""
            console.result(
                console.heading("==> \(file.workload): \(file.path) (\(file.mode)\(secret), from \(file.source))"))
            console.result(file.text)
        }
        if files.isEmpty { console.message("no workload of '\(ofConfig ?? "all")' has rendered files") }
    }
}

/// Kubernetes' own form of several objects: kubectl takes it as it stands.
struct ObjectDocument: Encodable {
    let apiVersion = "v1"
    let kind = "List"
    let items: [KubernetesObject]
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
