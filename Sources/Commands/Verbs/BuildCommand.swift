internal import ArgumentParser
internal import Foundation
internal import Operations
internal import Release

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build images from what the code trees say they depend on.",
        discussion: """
            EXAMPLES
              sds build all --push registry.example.org/hysds
              sds build worker --build-arg PACKAGES=gdal-bin --push registry.example.org/hysds
              sds build mozart --context-only -o mozart.tar     for any other builder
              sds build all --load 'ssh node import-image'      prints NAME@sha256:DIGEST

            An image is an interpreter with packages; code and configuration come with the release. Its tag is the digest
            of its build context, so an unchanged one isn't built again. With --push or --load the image is recorded in
            the cluster: update and start use it, whoever says them. Its bill of materials lies in ~/.sds/builds.
            """)

    @Argument(help: "Images by their folders in images/, or all.")
    var images: [String] = []
    @OptionGroup var building: BuildOptions
    @Option(help: "One deadline for everything: 90s, 15m, 2h.", transform: Interval.parse)
    var timeout: Duration = .seconds(3600)
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let workshop = try Workshop(options, isRecording: building.isRecording)
        let chosen = try workshop.catalog.selection(images)
        if building.contextOnly { return try building.pack(chosen, workshop) }
        let builder = try Builder(building.builder, path: workshop.environment["PATH"] ?? "")
        let settings = try building.settings()
        let verb = "build \(images.isEmpty ? "all" : images.joined(separator: " "))"
        let session =
            building.isRecording ? try await workshop.surroundings?.session(verb, Session.Options()) : nil
        let console = workshop.console
        let reports = try await Deadline.within(timeout, verb: "build") {
            try await BuildImages(
                chosen, from: workshop.sources, with: builder, options: settings, environment: workshop.environment)(
                    recordingIn: session
                ) { console.show($0) }
        }
        for image in workshop.catalog.images where image.refusal != nil && images.isEmpty || images == ["all"] {
            if let refusal = image.refusal {
                console.message(
                    "note: \(image.name) isn't built here: \(refusal); bring your own under kubernetes.images")
            }
        }
        if options.output == .json {
            return try console.result(json: BuildReport(images: reports))
        }
        console.result(reports.flatMap { BuildText.lines(of: $0) }.joined(separator: "\n"))
    }
}

/// What `--output json` prints for build.
struct BuildReport: Encodable {
    let apiVersion = "sds/v1"
    let kind = "Build"
    let images: [ImageReport]
}

struct BuildOptions: ParsableArguments {
    @Flag(help: "Pack the build contexts and stop.")
    var contextOnly = false
    @Option(
        name: [.customShort("o"), .customLong("context-file")],
        help: "Where --context-only writes: a file, - for standard output, or a folder for several images.")
    var contextFile: String?
    @Option(help: "buildah, podman or docker, with options of its own if need be; else the first that is there.")
    var builder: String?
    @Option(help: "Push to this registry, below this name: registry.example.org/hysds.")
    var push: String?
    @Option(help: "A command that imports the archive named by its last argument and prints NAME@sha256:DIGEST.")
    var load: String?
    @Option(help: "The processor architecture: linux/amd64.")
    var platform: String?
    @Flag(help: "Build everything anew.")
    var noCache = false
    @Option(name: .customLong("build-arg"), help: "NAME=VALUE, as the Containerfile describes them; often as needed.")
    var arguments: [String] = []
    @Option(name: .customLong("build-ca"), help: "Certificates for the build; never kept in the image.")
    var bundle: String?
    @Flag(help: "Put the code trees into the image too.")
    var bake = false
    @Flag(help: "Record nothing in the cluster.")
    var noRecord = false

    /// Without a way to the nodes there is nothing to record.
    var isRecording: Bool { !contextOnly && !noRecord && (push != nil || load != nil) }

    func validate() throws {
        if push != nil && load != nil { throw ValidationError("--push and --load exclude each other") }
        if contextOnly && contextFile == nil { throw ValidationError("--context-only needs -o FILE, - or FOLDER") }
        if !contextOnly && contextFile != nil { throw ValidationError("-o goes with --context-only") }
        if let platform, platform.contains(",") {
            throw ValidationError("--platform: expected one, found '\(platform)'")
        }
        for argument in arguments {
            guard let mark = argument.firstIndex(of: "="), mark != argument.startIndex else {
                throw ValidationError("--build-arg: expected NAME=VALUE, found '\(argument)'")
            }
            let value = argument[argument.index(after: mark)...]
            if let scheme = value.range(of: "://"),
                value[scheme.upperBound...].prefix(while: { $0 != "/" }).contains("@")
            {
                throw ValidationError(
                    "--build-arg \(argument[..<mark]): it holds a password, and arguments stay in the image's history; "
                        + "put the address into pip's own configuration")
            }
        }
    }

    func settings() throws -> BuildImages.Options {
        var settings = BuildImages.Options()
        settings.bakes = bake
        settings.platform = platform
        settings.usesCache = !noCache
        settings.bundle = bundle
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            settings.arguments[String(parts[0])] = String(parts[1])
        }
        if let push {
            settings.delivery = .registry(push.last == "/" ? String(push.dropLast()) : push)
        } else if let load {
            settings.delivery = .command(load)
        }
        return settings
    }

    /// Writes the contexts. What goes to standard output is complete before its first byte is written.
    func pack(_ images: [ImageDeclaration], _ workshop: Workshop) throws {
        let target = contextFile ?? "-"
        var isFolder = false
        if FileManager.default.fileExists(atPath: target, isDirectory: &isFolder), !isFolder, images.count > 1 {
            throw OperationError(.usage, "-o \(target): expected a folder for \(images.count) contexts, found a file")
        }
        if images.count > 1 && !isFolder {
            throw OperationError(
                .usage, "-o \(target): expected a folder for \(images.count) contexts, found none",
                hint: "make the folder, or name one image")
        }
        for image in images {
            let file = isFolder ? "\(target)/\(image.short).tar" : target
            let place = target == "-" ? try Workshop.temporaryFile() : file
            let context = try PackedContext.pack(
                image, from: workshop.sources, bakes: bake, surveys: false, to: place)
            let facts = context.facts
            workshop.console.message(
                "\(image.name): sha256:\(facts.digest), \(facts.files) files, \(facts.bytes) bytes\(target == "-" ? "" : ", \(file)")"
            )
            guard target == "-" else { continue }
            defer { unlink(place) }
            guard let input = FileHandle(forReadingAtPath: place) else {
                throw OperationError(.failed, "cannot read \(place)")
            }
            while let block = try input.read(upToCount: 1 << 20), !block.isEmpty {
                try FileHandle.standardOutput.write(contentsOf: block)
            }
        }
    }
}
