internal import FoundationEssentials
internal import HySDS

/// The files that `kibana import` and `kibana delete` act on: those named, else where sdscli has its three.
struct DashboardSource {
    private static let largest = 64 << 20

    /// The objects of all files, the last of those that stand in several.
    static func objects(_ files: [String], _ engine: DashboardsEngine, _ site: Site) throws -> [SavedObject] {
        let folder = URL(fileURLWithPath: site.configurationFile).deletingLastPathComponent()
            .appending(path: "files/\(engine.folder)").path
        let paths = files.isEmpty ? DashboardsEngine.files.map { "\(folder)/\($0)" } : files
        var objects: [SavedObject] = []
        for path in paths {
            guard files.isEmpty == false || FileManager.default.fileExists(atPath: path) else {
                throw OperationError(
                    .usage, "\(path) does not exist",
                    hint: "sdscli's 'configure' put it there; or name files: 'sds kibana import FILE …'")
            }
            guard let bytes = try Folder.read(path, limit: largest) else {
                throw OperationError(.usage, "\(path): more than \(largest >> 20) MiB are no dashboards")
            }
            do {
                objects += try DashboardFile.objects(bytes, file: path)
            } catch {
                throw OperationError(.usage, "\(error.subject): \(error.message)", hint: error.hint)
            }
        }
        var seen: Set<SavedObject.Key> = []
        return objects.reversed().filter { seen.insert($0.key).inserted }.reversed()
    }
}
