import Kubernetes
import Testing

@testable import Operations

@Suite("Whether a live object holds what is wanted")
struct CoversTests {
    @Test(arguments: [
        ("{\"a\":1,\"added\":2}", "{\"a\":1}"),
        ("{\"a\":1}", "{\"a\":1,\"list\":[],\"map\":{},\"text\":\"\",\"no\":false,\"zero\":0,\"none\":null}"),
        ("{\"cpu\":\"1\"}", "{\"cpu\":\"1000m\"}"),
        ("{\"memory\":\"1Gi\"}", "{\"memory\":\"1024Mi\"}"),
        ("[{\"name\":\"b\",\"x\":1},{\"name\":\"a\",\"more\":0}]", "[{\"name\":\"a\"},{\"name\":\"b\",\"x\":1}]"),
        ("[\"x\",\"y\"]", "[\"x\",\"y\"]"),
        ("{\"port\":80}", "{\"port\":80.0}"),
    ])
    func `what the server adds or drops doesn't count`(live: String, desired: String) throws {
        #expect(try JSONValue(parsing: live.utf8).covers(JSONValue(parsing: desired.utf8)))
    }

    @Test(arguments: [
        ("{\"a\":1}", "{\"a\":2}"), ("{}", "{\"a\":1}"), ("{\"a\":\"1\"}", "{\"a\":1}"),
        ("[\"x\",\"y\"]", "[\"y\",\"x\"]"), ("[1,2]", "[1]"),
        ("[{\"name\":\"a\"},{\"name\":\"c\"}]", "[{\"name\":\"a\"},{\"name\":\"b\"}]"),
        ("[{\"name\":\"a\",\"v\":1}]", "[{\"name\":\"a\",\"v\":2}]"), ("{\"memory\":\"1Gi\"}", "{\"memory\":\"1G\"}"),
        ("null", "{\"a\":1}"), ("{\"a\":true}", "{\"a\":false}"),
    ])
    func `every real difference counts`(live: String, desired: String) throws {
        #expect(try !JSONValue(parsing: live.utf8).covers(JSONValue(parsing: desired.utf8)))
    }
}
