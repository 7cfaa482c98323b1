internal import Cluster
internal import FoundationEssentials
internal import Kubernetes
internal import Release

/// One image on its way from the packed context to the cluster's record.
struct ImageJob: Sendable {
    let context: PackedContext
    let builder: Builder
    let options: BuildImages.Options
    let secrets: BuildSecrets
    /// A private folder for this run.
    let work: String
    let home: String
    /// Names of the variables that say which proxies there are.
    let proxies: [String]
    let emit: EventSink

    private var image: ImageDeclaration { context.image }
    private var arguments: [String: String] { image.buildArguments.merging(options.arguments) { _, own in own } }
    private var tag: String {
        PackedContext.tag(context.facts.digest, arguments, platform: options.platform)
    }
    /// The image's name in the builder's own store.
    private var localName: String { "localhost/\(image.name):\(tag)" }

    /// - Parameter record: what the cluster says of the image.
    func run(_ record: ImageRecord?, _ session: Session?) async throws -> ImageReport {
        let folder = try BuildFolder(home: home, image: image)
        var report = ImageReport(
            image: image.name, tag: tag, context: context.facts.digest.hex, contextBytes: context.facts.bytes,
            contextFiles: context.facts.files)
        let former = folder.report
        if let record, options.usesCache, record.tag == tag, options.delivery.map({ $0 == record.delivery }) ?? true,
            record.trees != nil || !options.bakes
        {
            report.reference = record.reference
            report.isRecorded = true
            report.contents = former?.tag == tag ? former?.contents : nil
            emit(.note("\(image.name): unchanged since \(record.identity.user)@\(record.identity.host) built it"))
            return report
        }

        let clock = ContinuousClock()
        let start = clock.now
        let isThere = options.usesCache ? await Tool(builder.inspect(localName)).answer() != nil : false
        if isThere {
            emit(.note("\(image.name): unchanged, \(localName) is there"))
        } else {
            try await build()
            report.isBuilt = true
        }
        let archive = "\(work)/\(image.short).oci.tar"
        let isKnown = isThere && former?.tag == tag && former?.contents != nil
        if !isKnown || options.delivery?.command != nil {
            try await Tool(builder.save(localName, to: archive)).run(else: "\(image.name) could not be saved", progress)
        }
        if isKnown {
            report.contents = former?.contents
            report.previous = former?.previous
        } else {
            let found = try ImageContents(archive: archive)
            let bill = BillOfMaterials(
                image: image.name, version: tag, digest: found.digest, packages: found.packages)
            try Folder.write(try bill.json(), to: folder.billOfMaterials)
            let contents = ImageReport.Contents(found, billOfMaterials: folder.billOfMaterials)
            report.contents = contents
            report.previous = ImageReport.Previous(former, comparedTo: contents, tag: tag)
        }
        if let delivery = options.delivery { report.reference = try await deliver(delivery, archive) }
        report.seconds = (clock.now - start).seconds
        if let session, let reference = report.reference, let delivery = options.delivery {
            let trees = try context.facts.bakedTrees
            try await session.store(trees)
            try await session.record(
                ImageRecord(
                    image: image.name, reference: reference, tag: tag, context: context.facts.digest.hex,
                    arguments: arguments, platform: options.platform, isBaked: options.bakes,
                    trees: options.bakes ? trees.map(\.facts) : nil, delivery: delivery, identity: session.identity,
                    time: Timestamp.second(Date())))
            report.isRecorded = true
        }
        report.builder = builder.command.joined(separator: " ")
        try folder.save(report)
        return report
    }

    private func build() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let step = "build \(image.name)"
        emit(.started(step: step))
        var labels = [
            "org.opencontainers.image.title": image.name, "org.opencontainers.image.description": image.title,
            "org.opencontainers.image.version": tag, "org.hysds.sds.context": "sha256:\(context.facts.digest.hex)",
        ]
        if options.bakes {
            labels["org.hysds.sds.trees"] = context.facts.trees.map { "\($0.name)=\($0.digest)" }.joined(separator: " ")
        }
        // An archive of this machine names nothing that another one could find.
        if let base = arguments["BASE"], !base.contains("archive:") {
            labels["org.opencontainers.image.base.name"] = base
        }
        let request = Builder.Request(
            tag: localName, arguments: arguments, labels: labels, secrets: secrets.files, platform: options.platform,
            usesCache: options.usesCache, variables: proxies)
        do {
            try await Tool(builder.build(request)).run(
                readingFrom: context.file, else: "\(image.name) could not be built",
                hint: "what the builder said is above; --no-cache builds everything anew", progress)
        } catch {
            emit(.failed(step: step, OperationError(error).message))
            throw error
        }
        emit(.finished(step: step, clock.now - start))
    }

    private var progress: @Sendable (String) -> Void {
        let name = image.short
        return { [emit] line in emit(.progress(workload: name, state: line)) }
    }

    // MARK: - To the nodes

    /// - Returns: the name with the digest by which nodes have it.
    private func deliver(_ delivery: ImageRecord.Delivery, _ archive: String) async throws -> String {
        switch delivery {
        case .registry(let registry): return try await push(to: "\(registry)/\(image.name):\(tag)")
        case .command(let command):
            // The command is the operator's own text; the archive's name is an argument of it, never spliced.
            let output = try await Tool(["/bin/sh", "-c", "\(command) \"$@\"", "load", archive]).output(
                else: "\(image.name) could not be loaded", progress)
            let last = output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
            guard Self.namesDigest(last) else {
                throw OperationError(
                    .failed, "\(image.name): '\(command)' printed no NAME@sha256:DIGEST, but '\(last)'",
                    hint: "--load takes a command that imports the archive on every node and prints the image's name "
                        + "with its digest")
            }
            return last
        }
    }

    private func push(to reference: String) async throws -> String {
        let digestFile = "\(work)/\(image.short).digest"
        for words in builder.push(localName, to: reference, digestFile: digestFile) {
            try await Tool(words).run(
                else: "\(image.name) could not be pushed to \(reference)",
                hint: "log in with the builder's own `login`; the image itself is built and is kept", progress)
        }
        let plain = reference.prefix(upTo: reference.lastIndex(of: ":") ?? reference.endIndex)
        if builder.kind == .docker {
            let answer = await Tool(builder.pushedDigests(of: reference)).answer() ?? ""
            // It may be in other registries, too.
            let names = answer.split(whereSeparator: \.isWhitespace).map(String.init)
            if let name = names.first(where: { $0.hasPrefix("\(plain)@") && Self.namesDigest($0) }) { return name }
        } else if let bytes = try Folder.read(digestFile) {
            let name = "\(plain)@" + String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if Self.namesDigest(name) { return name }
        }
        throw OperationError(
            .failed, "\(image.name) was pushed to \(reference), but \(builder.kind.rawValue) does not say its digest")
    }

    /// `NAME@sha256:` and 64 digits.
    static func namesDigest(_ text: String) -> Bool {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix("sha256:") else { return false }
        let digits = parts[1].dropFirst("sha256:".count)
        return digits.count == 64 && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}

extension ImageRecord.Delivery {
    var command: String? {
        if case .command(let text) = self { text } else { nil }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
