internal import FoundationEssentials

/// What this machine keeps of an image's builds, below `~/.sds/builds`: the last report, the bill of materials, the log.
struct BuildFolder: Sendable {
    let path: String

    init(home: String, image: ImageDeclaration) throws(OperationError) {
        path = "\(home)/.sds/builds/\(image.short)"
        try Folder.make(path)
    }

    var billOfMaterials: String { "\(path)/sbom.cdx.json" }
    private var reportFile: String { "\(path)/report.json" }

    /// The last build's report; nil when there is none, or one of another version of the program.
    var report: ImageReport? {
        guard let data = FileManager.default.contents(atPath: reportFile) else { return nil }
        return try? JSONDecoder().decode(ImageReport.self, from: data)
    }

    func save(_ report: ImageReport) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try Folder.write(try encoder.encode(report), to: reportFile)
    }
}
