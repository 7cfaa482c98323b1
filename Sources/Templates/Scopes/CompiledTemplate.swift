/// A parsed template with what the analysis found out about its regions.
final class CompiledTemplate: Sendable {
    /// Whether a statement of a template that extends another one still does anything.
    enum Rule: Sendable {
        case always
        /// Only if no `extends` was executed before.
        case withoutParent
        case never
    }

    /// A region of a statement: a loop has three.
    struct Region: Hashable, Sendable {
        enum Role: Sendable { case body, test, otherwise }
        var statement: Int
        var role = Role.body
    }

    /// What a macro or call block gets besides its parameters.
    struct MacroTraits: Sendable {
        var takesCaller: Bool
        var takesKeywords: Bool
        var takesPositionals: Bool
    }

    let name: String
    let options: TemplateOptions
    let body: [Statement]
    let root: Scope
    let usesSelf: Bool
    let blocks: [String: CompiledBlock]
    let scopes: [Region: Scope]
    let rules: [Int: Rule]
    let macros: [Int: MacroTraits]
    /// The loops whose body sees `loop`.
    let loopsWithVariable: Set<Int>

    init(name: String, options: TemplateOptions, body: [Statement], compiler: Compiler, root: Scope, usesSelf: Bool) {
        self.name = name
        self.options = options
        self.body = body
        self.root = root
        self.usesSelf = usesSelf
        blocks = compiler.blocks
        scopes = compiler.scopes
        rules = compiler.rules
        macros = compiler.macros
        loopsWithVariable = compiler.loopsWithVariable
    }

    static func compile(
        source: String, name: String, options: TemplateOptions
    ) throws(TemplateError) -> CompiledTemplate {
        let body = try Parser.parse(source, name: name, options: options)
        do {
            var compiler = Compiler(name: name)
            return try compiler.compile(body, options: options)
        } catch let failure as Failure {
            throw failure.error(within: name)
        } catch {
            throw TemplateError(kind: .syntax, template: name, line: 1, message: "\(error)", hint: nil)
        }
    }
}
