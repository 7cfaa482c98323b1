/// The choices of a Jinja2 environment that change what a template means.
package struct TemplateOptions: Sendable, Equatable {
    /// What a name that nobody defined does.
    package enum Undefined: Sendable, Equatable {
        /// Printing, testing or comparing it is an error (`StrictUndefined`).
        case strict
        /// It prints as empty text and is false (`Undefined`), as sdscli rendered.
        case lenient
    }

    /// Bounds that end a runaway template with an error.
    package struct Limits: Sendable, Equatable {
        /// How many characters, items and loop turns a render may make.
        package var work = 5_000_000
        /// How deep the source may nest tags and brackets.
        package let nesting = 200
        /// How deep a render may nest tags, expressions, macros, templates and values.
        package let depth = 2000

        package init() {}
    }

    package var undefined = Undefined.strict
    /// Drops the newline after a block tag (`trim_blocks`).
    package var trimsBlocks = false
    /// Drops the blanks before a block tag that starts its line (`lstrip_blocks`).
    package var stripsBlocks = false
    /// Keeps the newline at the end of the source (`keep_trailing_newline`).
    package var keepsTrailingNewline = false
    package var limits = Limits()

    package init() {}
}
