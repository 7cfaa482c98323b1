extension Runtime {
    func run(_ loop: Loop, _ statement: Statement, _ frame: Frame, _ output: inout Text) throws {
        guard loop.isRecursive else {
            let sequence = try evaluate(loop.sequence, frame)
            return try iterate(loop, statement, frame, sequence, depth: 0, recurse: nil, &output)
        }
        func render(_ sequence: Value, depth: Int) throws -> Text {
            let inner = frame.inner(frame.scope, activation: keep(Activation(parent: frame.activation)))
            var result = Text()
            try nested { try iterate(loop, statement, inner, sequence, depth: depth, recurse: render, &result) }
            return result
        }
        output.append(try render(try evaluate(loop.sequence, frame), depth: 0))
    }

    private func iterate(
        _ loop: Loop, _ statement: Statement, _ frame: Frame, _ sequence: Value, depth: Int,
        recurse: ((Value, Int) throws -> Text)?, _ output: inout Text
    ) throws {
        var iterated = sequence
        if let test = loop.test {
            iterated = .object(try filtered(sequence, loop.target, test, frame, frame.scope(statement, .test)))
        }
        let inner = frame.inner(frame.scope(statement))
        let state = keep(LoopObject(iterated, try iterator(of: iterated), depth: depth, recurse: recurse))
        let hasVariable = frame.template.loopsWithVariable.contains(statement.id)
        var isEmpty = true
        while let item = try state.advance(self) {
            isEmpty = false
            try assign(loop.target, item, inner)
            if hasVariable { inner.set("loop", .object(state)) }
            inner.enter()
            try nested { try run(loop.body, inner, &output) }
        }
        inner.leave()
        guard isEmpty, !loop.otherwise.isEmpty else { return }
        let otherwise = frame.inner(frame.scope(statement, .otherwise))
        otherwise.enter()
        try nested { try run(loop.otherwise, otherwise, &output) }
        otherwise.leave()
    }

    /// The items that pass `{% for … if test %}`, tested one by one as the loop goes on.
    private func filtered(
        _ sequence: Value, _ target: Expression, _ test: Expression, _ frame: Frame, _ scope: Scope
    ) throws -> IteratorObject {
        let items = try iterator(of: sequence)
        let inner = frame.inner(scope, activation: keep(Activation(parent: frame.activation)))
        var isEntered = false
        return iterator { [self] in
            if !isEntered { inner.enter() }
            isEntered = true
            while let item = try items.next(self) {
                try assign(target, item, inner)
                if try isTrue(test, inner) { return item }
            }
            return nil
        }
    }
}
