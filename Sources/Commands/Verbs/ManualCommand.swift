internal import ArgumentParser
internal import Foundation
internal import Operations

/// Writes the manual pages that `make install` puts in place.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Write the manual pages into a folder: sds.1, sds-update.1, …",
        discussion: """
            EXAMPLES
              sds manual /usr/local/share/man/man1
            """, shouldDisplay: false)

    @Argument(help: "The folder; it is made when it isn't there.", completion: .directory)
    var folder: String

    func run() throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for page in try ManualPage.all() {
                try Data(page.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(page.name).1"), options: .atomic)
            }
        } catch let error as CocoaError {
            throw OperationError(.usage, "cannot write \(folder): \(error.localizedDescription)")
        }
    }
}
