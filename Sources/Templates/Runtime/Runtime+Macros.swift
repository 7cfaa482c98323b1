extension Runtime {
    func define(_ name: String, _ macro: MacroDefinition, _ statement: Statement, _ frame: Frame) throws {
        let value = Value.object(makeMacro(name, macro, statement, frame))
        frame.set(name, value)
        if frame.isTop { frame.context.assign(name, value) }
    }

    func makeMacro(
        _ name: String?, _ definition: MacroDefinition, _ statement: Statement, _ frame: Frame
    ) -> MacroObject {
        let traits =
            frame.template.macros[statement.id]
            ?? CompiledTemplate.MacroTraits(takesCaller: false, takesKeywords: false, takesPositionals: false)
        return MacroObject(
            name, definition, traits, frame.inner(frame.scope(statement)), line: statement.line)
    }
}
