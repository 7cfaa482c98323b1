internal import Crypto
internal import FoundationEssentials
internal import Transfer

/// An object that is written in parts and appears whole when it is completed.
package struct S3Upload: Sendable, Hashable {
    package let key: String
    let id: String
}

extension S3Bucket {
    package func beginUpload(
        to key: String, metadata: [String: String] = [:], isEncrypted: Bool = false
    ) async throws(S3Error) -> S3Upload {
        var headers = metadata.map { ("x-amz-meta-\($0.key)", $0.value) }
        if isEncrypted { headers.append(("x-amz-server-side-encryption", "AES256")) }
        let response = try await send("POST", key, query: [("uploads", "")], headers: headers)
        let text = String(decoding: response.body, as: UTF8.self)
        guard let id = S3Error.element("UploadId", in: text) else {
            throw S3Error(.other, url(of: key), "the server began an upload without a name")
        }
        return S3Upload(key: key, id: id)
    }

    /// - Parameter number: from 1, at most 10,000; all parts but the last have 5 MiB or more.
    /// - Returns: what `complete` wants to know of it.
    package func put(_ bytes: [UInt8], part number: Int, of upload: S3Upload) async throws(S3Error) -> String {
        let response = try await send(
            "PUT", upload.key, query: [("partNumber", String(number)), ("uploadId", upload.id)],
            headers: [("content-md5", Data(Insecure.MD5.hash(data: bytes)).base64EncodedString())], body: bytes,
            payload: SHA256.hash(data: bytes).hex)
        guard let tag = response.headers["ETag"] else {
            throw S3Error(.other, url(of: upload.key), "the server took a part without an ETag")
        }
        return tag
    }

    package func complete(_ upload: S3Upload, parts tags: [String]) async throws(S3Error) {
        let parts = tags.enumerated().map { number, tag in
            "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(tag.replacing("\"", with: "&quot;"))</ETag></Part>"
        }
        let body = Array("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)
        do throws(S3Error) {
            let response = try await send(
                "POST", upload.key, query: [("uploadId", upload.id)], body: body, payload: SHA256.hash(data: body).hex)
            // It may fail after its 200 was sent.
            if String(decoding: response.body.prefix(4096), as: UTF8.self).contains("<Error>") {
                throw S3Error(response, subject: url(of: upload.key))
            }
        } catch {
            // A first answer that got lost: the upload is over because it succeeded.
            guard error.kind == .notFound, try await head(upload.key) != nil else { throw error }
        }
    }

    package func abort(_ upload: S3Upload) async throws(S3Error) {
        do {
            _ = try await send("DELETE", upload.key, query: [("uploadId", upload.id)])
        } catch  where error.kind == .notFound {}
    }

    /// Uploads of exactly this key that nobody completed: what a killed program left behind, kept and paid for.
    package func openUploads(of key: String) async throws(S3Error) -> [S3Upload] {
        let response = try await send("GET", nil, query: [("prefix", key), ("uploads", "")])
        let text = String(decoding: response.body, as: UTF8.self)
        return text.split(separator: "<Upload>").dropFirst().compactMap { piece in
            let piece = String(piece)
            guard S3Error.element("Key", in: piece) == key, let id = S3Error.element("UploadId", in: piece) else {
                return nil
            }
            return S3Upload(key: key, id: id)
        }
    }
}
