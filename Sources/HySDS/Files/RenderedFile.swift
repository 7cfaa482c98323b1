/// A file as a workload gets it.
package struct RenderedFile: Hashable, Sendable {
    package var declaration: FileDeclaration
    /// Redacted even when it isn't secret: nobody prints whole configuration files by accident.
    package var bytes: Secret<[UInt8]>
    /// Where the text came from: `~/.sds/files/celeryconfig.py.tmpl`, `hysds/configs/…`, `conf/…`.
    package var source: String

    package init(declaration: FileDeclaration, bytes: [UInt8], source: String) {
        self.declaration = declaration
        self.bytes = Secret(bytes)
        self.source = source
    }

    package var destination: String { declaration.destination }
    package var isSecret: Bool { declaration.isSecret }
    package var mode: UInt16 { declaration.mode }
}
