internal import FoundationEssentials
internal import Kubernetes

/// A file with saved objects: sdscli's `{"version": ..., "objects": [...]}`, or an export with an object a line.
package enum DashboardFile {
    /// - Throws: `HySDSError` that names the object or the line.
    package static func objects(_ bytes: [UInt8], file: String) throws(HySDSError) -> [SavedObject] {
        let whole = try? JSONValue(parsing: bytes)
        if let list = whole?["objects"]?.array {
            return try objects(list.enumerated().map { ("\(file): objects[\($0.offset)]", $0.element) })
        }
        if let list = whole?.array {
            return try objects(list.enumerated().map { ("\(file): [\($0.offset)]", $0.element) })
        }
        var values: [(String, JSONValue)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
            do {
                values.append(("\(file):\(index + 1)", try JSONValue(parsing: line)))
            } catch {
                throw HySDSError(
                    .configuration, "\(file):\(index + 1)",
                    "expected {\"objects\": [...]} or a JSON object on each line",
                    hint: "'sds kibana export' writes such a file")
            }
        }
        // The last line of an export may count what is in it.
        return try objects(values.filter { $0.1["exportedCount"] == nil })
    }

    private static func objects(_ values: [(String, JSONValue)]) throws(HySDSError) -> [SavedObject] {
        var objects: [SavedObject] = []
        for (place, value) in values {
            guard let object = SavedObject(value) else {
                let error = value[path: ["error", "message"]]?.string.map { "it is an error: \($0)" }
                throw HySDSError(
                    .configuration, place, error ?? "expected an object with type, id and attributes",
                    hint: "'sds kibana export' writes such a file")
            }
            objects.append(object)
        }
        return objects
    }
}
