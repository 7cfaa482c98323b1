/// A macro or the body of a call block, with the variables it can see.
final class MacroObject: RuntimeObject {
    private let name: String?
    private let definition: MacroDefinition
    private let traits: CompiledTemplate.MacroTraits
    private let frame: Frame
    private let line: Int

    init(
        _ name: String?, _ definition: MacroDefinition, _ traits: CompiledTemplate.MacroTraits, _ frame: Frame,
        line: Int
    ) {
        self.name = name
        self.definition = definition
        self.traits = traits
        self.frame = frame
        self.line = line
    }

    var typeName: String { "Macro" }
    var isCallable: Bool { true }

    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value {
        let inner = frame.inner(frame.scope, activation: runtime.keep(Activation(parent: frame.activation)))
        try bind(arguments, inner, runtime)
        inner.enter()
        for (index, parameter) in definition.parameters.enumerated() where inner.value(parameter) == nil {
            let value = try definition.defaultValue(of: index).map { try runtime.evaluate($0, inner) }
            inner.set(
                parameter, value ?? .undefined(runtime.undefined("parameter '\(parameter)' was not provided")))
        }
        var output = Text()
        try runtime.nested { try runtime.run(definition.body, inner, &output) }
        return .string(output)
    }

    private func bind(_ arguments: Arguments, _ inner: Frame, _ runtime: Runtime) throws {
        let parameters = definition.parameters
        let title = name.map { "'\($0)'" } ?? "None"
        var named = arguments.named
        func take(_ name: String) -> Value? {
            named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
        }
        for (index, parameter) in parameters.enumerated() {
            inner.set(parameter, index < arguments.positional.count ? arguments.positional[index] : take(parameter))
        }
        if traits.takesCaller, !parameters.contains("caller") {
            let caller = take("caller") ?? .null
            inner.set("caller", caller.isNone ? .undefined(runtime.undefined("No caller defined")) : caller)
        }
        if traits.takesKeywords {
            let keywords = try runtime.dict()
            for (name, value) in named { try runtime.set(.text(name), value, in: keywords) }
            inner.set("kwargs", .dict(keywords))
        } else if let extra = named.first {
            throw Failure.type("macro \(title) takes no keyword argument '\(extra.name)'")
        }
        if traits.takesPositionals {
            inner.set("varargs", try runtime.tuple(Array(arguments.positional.dropFirst(parameters.count))))
        } else if arguments.positional.count > parameters.count {
            throw Failure.type("macro \(title) takes not more than \(parameters.count) argument(s)")
        }
    }

    func attribute(_ attribute: String, _ runtime: Runtime) throws -> Value? {
        switch attribute {
        case "name": name.map { .text($0) } ?? .null
        case "arguments": try runtime.tuple(definition.parameters.map { .text($0) })
        case "catch_kwargs": .bool(traits.takesKeywords)
        case "catch_varargs": .bool(traits.takesPositionals)
        case "caller": .bool(traits.takesCaller)
        case "explicit_caller": .bool(definition.parameters.contains("caller"))
        default: nil
        }
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        guard let name else { return "<Macro anonymous>" }
        return "<Macro " + (try runtime.representation(of: .text(name))) + ">"
    }
}
