internal import FoundationEssentials

/// A program that builds images: which one, and how it is told what to do.
package struct Builder: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case buildah, podman, docker
    }

    package let kind: Kind
    /// The program's path, with the operator's own options before the verb: `/usr/bin/buildah --root /var/images`.
    package let command: [String]

    /// - Parameter named: the operator's choice; nil takes the first of buildah, podman and docker in the PATH.
    /// - Throws: `OperationError` (usage) when there is none, or its name doesn't tell what it is.
    package init(_ named: String?, path: String) throws(OperationError) {
        func find(_ name: String) -> String? {
            let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
            return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        guard let named else {
            for kind in Kind.allCases {
                guard let found = find(kind.rawValue) else { continue }
                self.kind = kind
                command = [found]
                return
            }
            throw OperationError(
                .usage, "no builder in the PATH: looked for buildah, podman and docker",
                hint: "install one, name one with --builder, or build elsewhere from --context-only -o FILE")
        }
        let words = named.split(separator: " ").map(String.init)
        let name = words.first?.split(separator: "/").last.map(String.init) ?? ""
        guard let kind = Kind.allCases.first(where: { name.hasPrefix($0.rawValue) }), let program = words.first else {
            throw OperationError(.usage, "--builder: expected buildah, podman or docker, found '\(named)'")
        }
        guard let found = find(program) else {
            throw OperationError(.usage, "--builder: there is no program '\(program)'")
        }
        self.kind = kind
        command = [found] + words.dropFirst()
    }

    /// What an image is built with.
    struct Request: Equatable, Sendable {
        var tag: String
        var arguments: [String: String] = [:]
        var labels: [String: String] = [:]
        /// Files that are there during the build only, by id.
        var secrets: [String: String] = [:]
        var platform: String?
        var usesCache = true
        /// Variables of this program's environment that the build's steps may see; docker keeps none of the proxies'.
        var variables: [String] = []
    }

    /// The variables that name proxies. buildah and podman pass them on by themselves.
    static func proxies(in environment: [String: String]) -> [String] {
        let names = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"]
        return environment.keys.filter { names.contains($0.lowercased()) }.sorted()
    }

    /// Reads the context, a tar archive, from its standard input.
    func build(_ request: Request) -> [String] {
        var words = command + ["build"]
        switch kind {
        case .buildah, .podman:
            words += ["--format", "oci", "--timestamp", "0", "--pull=missing"]
            words += [request.usesCache ? "--layers" : "--no-cache"]
        case .docker:
            words += ["--progress", "plain"] + (request.usesCache ? [] : ["--no-cache"])
        }
        var arguments = request.arguments
        // What makes docker's times equal.
        if kind == .docker { arguments["SOURCE_DATE_EPOCH"] = "0" }
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) { words += ["--build-arg", "\(name)=\(value)"] }
        // Without a value: a proxy's password is in no command line.
        if kind == .docker { for name in request.variables { words += ["--build-arg", name] } }
        for (name, value) in request.labels.sorted(by: { $0.key < $1.key }) {
            words += ["--label", "\(name)=\(value)"]
        }
        for (id, file) in request.secrets.sorted(by: { $0.key < $1.key }) {
            words += ["--secret", "id=\(id),src=\(file)"]
        }
        if let platform = request.platform { words += ["--platform", platform] }
        return words + ["--tag", request.tag, "--file", "Containerfile", "-"]
    }

    /// Succeeds when the image is there.
    func inspect(_ tag: String) -> [String] {
        switch kind {
        case .buildah: command + ["inspect", "--type", "image", "--format", "{{.FromImageID}}", tag]
        case .podman, .docker: command + ["image", "inspect", "--format", "{{.Id}}", tag]
        }
    }

    /// Writes the image to a file: an OCI archive, whose digest stays what it is wherever it is imported.
    func save(_ tag: String, to file: String) -> [String] {
        switch kind {
        case .buildah: command + ["push", "--quiet", tag, "oci-archive:\(file):\(tag)"]
        case .podman: command + ["save", "--quiet", "--format", "oci-archive", "--output", file, tag]
        case .docker: command + ["save", "--output", file, tag]
        }
    }

    /// Commands that bring the image to a registry.
    ///
    /// - Parameter digestFile: buildah and podman write there what digest it has in the registry.
    func push(_ tag: String, to reference: String, digestFile: String) -> [[String]] {
        switch kind {
        case .buildah, .podman: [command + ["push", "--digestfile", digestFile, tag, "docker://\(reference)"]]
        case .docker: [command + ["tag", tag, reference], command + ["push", reference]]
        }
    }

    /// Prints the names with digests that docker's registries gave, one a line.
    func pushedDigests(of reference: String) -> [String] {
        command + ["image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", reference]
    }
}
