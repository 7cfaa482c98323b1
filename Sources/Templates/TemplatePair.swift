/// One entry of a dictionary, in the order in which a template walks it.
package struct TemplatePair: Sendable, Equatable {
    package var key: TemplateValue
    package var value: TemplateValue

    package init(_ key: TemplateValue, _ value: TemplateValue) {
        self.key = key
        self.value = value
    }
}
