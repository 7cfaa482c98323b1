/// The folders `k8s/` and `conf/` as values, wherever they were read from: name relative to the folder → bytes.
package struct Installation: Sendable {
    package var k8s: [String: [UInt8]]
    package var conf: [String: [UInt8]]

    package init(k8s: [String: [UInt8]], conf: [String: [UInt8]]) {
        self.k8s = k8s
        self.conf = conf
    }
}
