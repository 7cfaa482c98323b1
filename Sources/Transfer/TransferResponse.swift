/// What an answer begins with.
package struct TransferHead: Hashable, Sendable {
    package var status: Int
    package var headers: HeaderFields

    package init(status: Int, headers: HeaderFields = HeaderFields()) {
        self.status = status
        self.headers = headers
    }
}

/// A whole answer.
package struct TransferResponse: Hashable, Sendable {
    package var head: TransferHead
    package var body: [UInt8]

    package init(head: TransferHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status }
    package var headers: HeaderFields { head.headers }
}
