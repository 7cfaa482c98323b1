internal import Kubernetes
internal import Templates

/// Renders the files that a workload's `sds.hysds.org/files` names.
package struct FileRendering: Sendable {
    package let configuration: Configuration
    package let sources: TemplateSources
    package let texts: TemplateTexts
    /// Names that nobody knows are empty, as sdscli had it, instead of an error.
    private let allowsUndefined: Bool
    private let context: TemplateContext

    /// - Parameter configuration: with generated secrets added.
    package init(
        configuration: Configuration, topology: Topology, sources: TemplateSources, texts: TemplateTexts,
        allowsUndefined: Bool = false
    ) {
        self.configuration = configuration
        self.sources = sources
        self.texts = texts
        self.allowsUndefined = allowsUndefined
        context = TemplateContext(configuration: configuration, topology: topology)
    }

    /// - Throws: every template that is missing or fails, with line and variable.
    package func files(for workload: Workload) throws(HySDSErrors) -> [RenderedFile] {
        var files: [RenderedFile] = []
        var errors: [HySDSError] = []
        for declaration in workload.files {
            do {
                files.append(try file(declaration, for: workload))
            } catch {
                errors.append(error)
            }
        }
        try HySDSErrors.check(errors)
        return files
    }

    /// A template as it is used outside the cluster: with the addresses of `kubernetes.outside`.
    ///
    /// - Parameter extra: more names for the template, such as `queue`.
    /// - Throws: also when the text needs an address that isn't set: it names each.
    package func outside(
        _ template: String, with extra: [String: ConfigurationValue] = [:]
    ) throws(HySDSErrors) -> RenderedFile {
        let declaration = FileDeclaration(destination: template, template: template, isSecret: true)
        let file: RenderedFile
        do {
            let values = context.outside(configuration.kubernetes).merging(extra.mapValues { TemplateValue($0) }) { $1 }
            file = try self.file(declaration, at: configuration.file, values)
        } catch {
            throw HySDSErrors(error)
        }
        let text = String(decoding: file.bytes.revealed, as: UTF8.self)
        try HySDSErrors.check(
            OutsideAddresses.names.filter { text.contains(TemplateContext.mark($0)) }.map { name in
                HySDSError(
                    .template, file.source,
                    "needs the address of \(name == "host" ? "the front" : name) from outside the cluster",
                    hint: "set kubernetes.outside.\(name) in \(configuration.file)")
            })
        return file
    }

    /// A file of the operator's that is no template of a pod, as sdscli rendered it.
    func text(ofUserFile name: String, with extra: [String: ConfigurationValue]) throws(HySDSError) -> String {
        var values = context.common
        values["HOST_STRING"] = .string("")
        for (key, value) in extra { values[key] = TemplateValue(value) }
        return try render(texts.user[name] ?? [], named: "~/.sds/files/\(name)", values)
    }

    private func file(_ declaration: FileDeclaration, for workload: Workload) throws(HySDSError) -> RenderedFile {
        try file(declaration, at: workload.place, context.values(for: workload))
    }

    private func file(
        _ declaration: FileDeclaration, at place: String, _ context: [String: TemplateValue]
    ) throws(HySDSError) -> RenderedFile {
        var entry = sources.entry(declaration.template)
        if let key = entry.onlyWith, configuration.text(key) == nil {
            entry.user = []
            entry.checkout = nil
        }
        guard let found = texts.find(entry) else {
            throw HySDSError(
                .template, "\(place): \(declaration.destination)", "no template \(declaration.template)",
                hint: "looked for \(TemplateTexts.places(entry))")
        }
        var values = context
        for member in entry.extra { values[member.key] = TemplateValue(member.value) }
        var text = try render(found.bytes, named: found.name, values)
        if !found.isOurs, let overlay = entry.overlay {
            guard let bytes = texts.conf[overlay] else {
                throw HySDSError(.template, "conf/sources.yaml: \(declaration.template)", "no overlay conf/\(overlay)")
            }
            text += "\n" + (try render(bytes, named: "conf/\(overlay)", values))
        }
        if declaration.destination.hasSuffix(".json") { try checkJSON(text, named: found.name) }
        return RenderedFile(declaration: declaration, bytes: Array(text.utf8), source: found.name)
    }

    /// A worker would find out only when a job needs the file.
    private func checkJSON(_ text: String, named name: String) throws(HySDSError) {
        do {
            _ = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw HySDSError(
                .template, name, "what it renders is no JSON: \(error)",
                hint: "look at it with 'sds render config', or 'python3 -m json.tool'")
        }
    }

    // MARK: One text

    /// Strict about names that nobody knows; a key that HySDS's templates know and nobody set is empty, as it always was.
    private func render(
        _ bytes: [UInt8], named name: String, _ values: [String: TemplateValue]
    ) throws(HySDSError) -> String {
        guard let source = String(validating: bytes, as: UTF8.self) else {
            throw HySDSError(.template, name, "expected UTF-8, found other bytes")
        }
        guard !allowsUndefined else {
            do {
                return try render(source, name, values, .lenient)
            } catch {
                throw complaint(error)
            }
        }
        do {
            return try render(source, name, values, .strict)
        } catch  where error.kind == .undefined && undefinedName(in: error).map(isOptional) == true {
            let missing = KnownKey.all.keys.filter { values[$0] == nil }.map { ($0, TemplateValue.null) }
            do {
                _ = try render(source, name, values.merging(missing) { own, _ in own }, .strict)
            } catch  where error.kind == .undefined {
                throw complaint(error)
            } catch {
                // Only the undefined names count here: `none` can't do what a missing value may.
            }
        } catch {
            throw complaint(error)
        }
        do {
            return try render(source, name, values, .lenient)
        } catch {
            throw complaint(error)
        }
    }

    private func render(
        _ source: String, _ name: String, _ values: [String: TemplateValue], _ undefined: TemplateOptions.Undefined
    ) throws(TemplateError) -> String {
        var options = TemplateOptions()
        options.undefined = undefined
        return try Template(source: source, name: name, options: options).render(context: values)
    }

    private func isOptional(_ name: String) -> Bool {
        KnownKey.all[name] != nil
    }

    private func undefinedName(in error: TemplateError) -> String? {
        let parts = error.message.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count >= 3 ? String(parts[1]) : nil
    }

    private func complaint(_ error: TemplateError) -> HySDSError {
        var hint = error.hint
        if error.kind == .undefined, let name = undefinedName(in: error) {
            let near = Spelling.nearest(to: name, among: configuration.entries.map(\.key))
            hint =
                "set \(name) in \(configuration.file)" + (near.map { ", or did you mean \($0)" } ?? "")
                + ", or say --allow-undefined: it is empty then, as with sdscli"
        }
        return HySDSError(.template, "\(error.template):\(error.line)", error.message, hint: hint)
    }
}
