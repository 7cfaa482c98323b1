import HySDS
import Testing

@Suite("A selection of components")
struct SelectionTests {
    @Test(
        "of all has sdscli's order",
        arguments: [
            (Verb.update, [Component.grq, .mozart, .metrics, .factotum, .verdi]),
            (.start, [.grq, .mozart, .metrics, .factotum, .verdi]),
            (.status, [.grq, .mozart, .metrics, .factotum, .verdi]), (.startStores, [.grq, .mozart, .metrics]),
        ])
    func order(verb: Verb, components: [Component]) throws {
        #expect(try Selection("all", for: verb).components == components)
    }

    @Test("of one has that one")
    func one() throws {
        #expect(try Selection("factotum", for: .stop).components == [.factotum])
    }

    @Test(
        "refuses ci by name, and words that a verb doesn't take",
        arguments: [("ci", Verb.update), ("verdi", .startStores), ("grc", .start)])
    func refusals(word: String, verb: Verb) {
        #expect(throws: HySDSErrors.self) { try Selection(word, for: verb) }
    }
}
