/// A parsed Jinja2 template, which renders as many times as wanted.
///
/// The output is that of Jinja2 3.1 with a plain `Environment`, byte for byte: HySDS's templates and the
/// operators' own were written for it. A render reads no file, no clock and no random number.
package struct Template: Sendable {
    let compiled: CompiledTemplate

    /// Parses `source`; `name` is what errors call the template.
    package init(source: String, name: String, options: TemplateOptions = TemplateOptions()) throws(TemplateError) {
        compiled = try Template.working(name) {
            try CompiledTemplate.compile(source: source, name: name, options: options)
        }
    }

    /// Renders the template; names missing from `context` and templates missing from `loader` are errors.
    package func render(
        context: [String: TemplateValue], loader: TemplateLoader = .empty
    ) throws(TemplateError) -> String {
        try Template.working(compiled.name) {
            let runtime = Runtime(options: compiled.options, loader: loader)
            defer { runtime.reclaim() }
            return try runtime.render(compiled, with: context)
        }
    }

    private static func working<Result>(_ name: String, _ body: () throws -> Result) throws(TemplateError) -> Result {
        do {
            return try DeepStack.run(body)
        } catch let failure as Failure {
            throw failure.error(within: name)
        } catch let error as TemplateError {
            throw error
        } catch {
            throw TemplateError(
                kind: .runtime, template: name, line: 1, message: "the template cannot be used: \(error)", hint: nil)
        }
    }
}
