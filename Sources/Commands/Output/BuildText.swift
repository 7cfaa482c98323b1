internal import Foundation
internal import Operations

/// What became of an image, for reading: what it is called, what it takes, against the build before.
enum BuildText {
    static func lines(of report: ImageReport) -> [String] {
        let state = report.isBuilt ? "built" : "unchanged"
        var lines = ["\(report.image): \(state), tag \(report.tag), context \(report.contextBytes / 1024) KiB"]
        if let reference = report.reference {
            lines.append("  \(reference)\(report.isRecorded ? ", recorded in the cluster" : "")")
        } else {
            lines.append("  no node can get it yet: --push REGISTRY or --load COMMAND brings it there")
        }
        guard let contents = report.contents else { return lines }
        var size = "  \(megabytes(contents.size)) (\(megabytes(contents.stored)) stored), \(contents.packages) packages"
        if let previous = report.previous {
            let difference = contents.size - previous.size
            size += ", \(difference < 0 ? "-" : "+")\(megabytes(abs(difference))) against \(previous.tag)"
        }
        lines.append(size)
        for (number, layer) in contents.layers.enumerated() {
            lines.append("  layer \(number + 1): \(megabytes(layer.size)), \(layer.files) files")
        }
        lines += Table.lines(["  TAKES MOST", "MB"], contents.largest.map { ["  \($0.name)", number($0.size)] })
        if let changes = report.previous?.changes.prefix(5), !changes.isEmpty {
            lines.append(
                "  changed: "
                    + changes.map { "\($0.name) \($0.size < 0 ? "-" : "+")\(number(abs($0.size)))" }
                    .joined(separator: ", "))
        }
        lines.append("  bill of materials: \(contents.billOfMaterials)")
        return lines
    }

    private static func megabytes(_ bytes: Int) -> String { "\(number(bytes)) MB" }

    /// Of a million bytes.
    private static func number(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}
