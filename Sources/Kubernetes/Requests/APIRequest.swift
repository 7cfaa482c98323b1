/// A request to the API server as a value: built and tested without a network, sent by `Cluster`.
package struct APIRequest: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// One `name=value` of the query; a name may occur several times (`command=` of exec).
    package struct QueryItem: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: Method
    /// Unescaped, from the server's root: `/api/v1/namespaces/ops/pods/a`. Names in it hold no `/`.
    package var path: String
    package var query: [QueryItem]
    package var contentType: String?
    package var accept: String
    package var body: [UInt8]?

    package init(
        _ method: Method, _ path: String, query: [QueryItem] = [], contentType: String? = nil,
        accept: String = "application/json", body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.accept = accept
        self.body = body
    }
}
