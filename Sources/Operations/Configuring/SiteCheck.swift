package import HySDS
internal import Kubernetes

/// What of a site can be checked without a cluster: that every template renders, and that every image has a name which a
/// node can pull.
package struct SiteCheck: Sendable {
    private let site: Site
    /// Names of images that `sds update` builds when nothing names another.
    private let built: Set<String>

    package init(_ site: Site, built: Set<String>) {
        self.site = site
        self.built = built
    }

    package func lines() -> [CheckReport.Line] {
        [configuration] + templates + site.notes.map { CheckReport.Line("override", .ok, $0) } + images
    }

    private var configuration: CheckReport.Line {
        let queues = site.configuration.queues.map(\.name)
        return CheckReport.Line(
            "configuration", .ok,
            "\(site.configurationFile): venue \(site.configuration.venue), queues \(queues.isEmpty ? "none" : queues.joined(separator: ", "))"
        )
    }

    private var templates: [CheckReport.Line] {
        var count = 0
        var lines: [CheckReport.Line] = []
        let rendering = site.shownFiles
        for workload in site.topology.workloads {
            do {
                count += try rendering.files(for: workload).count
            } catch {
                lines += error.all.map {
                    CheckReport.Line("template", .lacking, "\($0.subject): \($0.message)", advice: $0.hint)
                }
            }
        }
        var seen: Set<String> = []
        lines = lines.filter { seen.insert($0.detail).inserted }
        lines += site.refusals.map {
            CheckReport.Line("override", .lacking, "\($0.subject): \($0.message)", advice: $0.hint)
        }
        return lines.isEmpty ? [CheckReport.Line("templates", .ok, "\(count) files render")] : lines
    }

    /// Names without a registry are found where a node's own settings say, which is Docker's registry as a rule.
    private var images: [CheckReport.Line] {
        let rendering = Rendering(configuration: site.configuration, topology: site.topology)
        var lines: [CheckReport.Line] = []
        var seen: Set<String> = []
        for workload in site.topology.workloads where workload.external == nil {
            for name in workload.object.imageNames where seen.insert(workload.settings.image ?? name).inserted {
                guard let reference = workload.settings.image ?? rendering.reference(to: name) else {
                    lines.append(
                        built.contains(name)
                            ? CheckReport.Line(
                                "image \(name)", .ok,
                                "'sds build' makes it; it takes --push, or --load for nodes without a registry")
                            : CheckReport.Line(
                                "image \(name)", .lacking, "no reference that a node could pull",
                                advice: "set `\(name)` under kubernetes.images: \(site.configurationFile)"))
                    continue
                }
                lines.append(line(of: name, reference))
            }
        }
        return lines
    }

    private func line(of name: String, _ reference: String) -> CheckReport.Line {
        let subject = "image \(name)"
        let host = reference.split(separator: "/", omittingEmptySubsequences: false).first ?? ""
        let hasRegistry = reference.contains("/") && (host.contains(".") || host.contains(":") || host == "localhost")
        if host == "localhost" || host.hasPrefix("127.") {
            return CheckReport.Line(
                subject, .warning, "\(reference): localhost is each node itself",
                advice: "right only where the image was loaded into every node")
        }
        if !hasRegistry {
            return CheckReport.Line(
                subject, .warning, "\(reference): no registry, so a node asks its default one",
                advice: "name the registry under kubernetes.images")
        }
        if !reference.contains("@sha256:") {
            return CheckReport.Line(
                subject, .warning, "\(reference): a tag may mean something else tomorrow",
                advice: "name the digest: NAME@sha256:…")
        }
        return CheckReport.Line(subject, .ok, reference)
    }
}

extension Site {
    /// The rendering of files for showing: every secret is a word.
    package var shownFiles: FileRendering {
        let word = "********"
        let secrets = configuration.missingSecrets.map { ($0.name, Secret(word)) }
        return FileRendering(
            configuration: configuration.adding(secrets: Dictionary(uniqueKeysWithValues: secrets)).masked(with: word),
            topology: topology, sources: sources, texts: texts, allowsUndefined: allowsUndefined)
    }
}
