internal import CCurl

/// Owns one libcurl easy handle with its header list. Lives on the loop's thread only.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    let subject: String
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// - Throws: `TransferError` when libcurl has no memory.
    init(subject: String) throws(TransferError) {
        guard let pointer = curl_easy_init() else {
            errorText.deallocate()
            throw TransferError(.refused, subject, "libcurl can't make a handle: out of memory")
        }
        self.pointer = pointer
        self.subject = subject
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try check(sds_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText))
    }

    deinit {
        curl_easy_cleanup(pointer)
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(sds_curl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        try check(sds_curl_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, bytes: [UInt8]) throws(TransferError) {
        let code = bytes.withUnsafeBytes { sds_curl_set_blob(pointer, option, $0.baseAddress, $0.count) }
        try check(code)
    }

    func set(_ option: CURLoption, list: [String]) throws(TransferError) {
        var head: UnsafeMutablePointer<curl_slist>?
        for line in list {
            guard let longer = curl_slist_append(head, line) else {
                curl_slist_free_all(head)
                throw TransferError(.refused, subject, "libcurl can't take a header: out of memory")
            }
            head = longer
        }
        guard let head else { return }
        lists.append(head)
        try check(sds_curl_set_pointer(pointer, option, head))
    }

    /// The body comes from the callback set by the caller; libcurl can't go back in it.
    func setStreamedBody(count: Int) throws(TransferError) {
        try set(CURLOPT_POST, 1)
        try check(sds_curl_set_off(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count)))
    }

    /// libcurl copies the bytes.
    func setBody(_ bytes: [UInt8]) throws(TransferError) {
        try check(sds_curl_set_off(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        let code = bytes.withUnsafeBytes { buffer in
            // Without a byte the pointer may be nil, which libcurl takes for "read from the callback".
            buffer.isEmpty
                ? sds_curl_set_string(pointer, CURLOPT_COPYPOSTFIELDS, "")
                : sds_curl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, buffer.baseAddress)
        }
        try check(code)
    }

    func check(_ code: CURLcode) throws(TransferError) {
        if code != CURLE_OK { throw failure(code) }
    }

    func failure(_ code: CURLcode) -> TransferError {
        TransferError(code, subject: subject, detail: String(cString: errorText))
    }
}
