/// Where `include`, `import` and `extends` find the source of a template.
package struct TemplateLoader: Sendable {
    /// A loader that knows no template.
    package static let empty = TemplateLoader { _ in nil }

    let source: @Sendable (_ name: String) throws -> String?

    /// `source` answers nil for a template that does not exist.
    package init(_ source: @escaping @Sendable (_ name: String) throws -> String?) {
        self.source = source
    }
}
