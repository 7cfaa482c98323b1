import Testing

@testable import Kubernetes

@Suite struct RequestTests {
    func text(_ request: APIRequest) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return "\(request.method.rawValue) \(request.path)" + (query.isEmpty ? "" : "?\(query)")
    }

    func body(_ request: APIRequest) -> String { String(decoding: request.body ?? [], as: UTF8.self) }

    let crd = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false)
    let object = KubernetesObject([
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a", "managedFields": [["manager": "x"]]],
    ])

    @Test("reading")
    func reading() {
        #expect(
            text(.get(.deployment, namespace: "ops", name: "a")) == "GET /apis/apps/v1/namespaces/ops/deployments/a")
        #expect(
            text(.get(crd, namespace: "ops", name: "a"))
                == "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions/a")
        #expect(text(.list(.pod, namespace: nil)) == "GET /api/v1/pods?limit=500")
        #expect(
            text(.list(.pod, namespace: "ops", labelSelector: "a=b", fieldSelector: "spec.nodeName=n", limit: nil))
                == "GET /api/v1/namespaces/ops/pods?labelSelector=a=b&fieldSelector=spec.nodeName=n")
        #expect(
            text(.list(.pod, namespace: "ops", continue: "t", resourceVersion: "0"))
                == "GET /api/v1/namespaces/ops/pods?limit=500&continue=t")
        #expect(
            text(.watch(.pod, namespace: "ops", resourceVersion: "7", timeoutSeconds: 60))
                == "GET /api/v1/namespaces/ops/pods?watch=1&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=60"
        )
        #expect(
            APIRequest.list(.configMap, namespace: "a", metadataOnly: true).accept.contains("PartialObjectMetadataList")
        )
    }

    @Test("server-side apply names its manager, is strict and never forces by itself")
    func apply() {
        let request = APIRequest.serverSideApply(
            object, .deployment, namespace: "ops", options: WriteOptions(dryRun: true))
        #expect(
            text(request)
                == "PATCH /apis/apps/v1/namespaces/ops/deployments/a?fieldManager=sds&dryRun=All&fieldValidation=Strict&force=false"
        )
        #expect(request.contentType == "application/apply-patch+yaml")
        #expect(
            body(request) == #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"ops"}}"#)
    }

    @Test("create, replace and patches")
    func writing() {
        #expect(
            text(.create(object, .deployment, namespace: "ops"))
                == "POST /apis/apps/v1/namespaces/ops/deployments?fieldManager=sds&fieldValidation=Strict")
        #expect(
            text(.replace(object, .deployment, namespace: "ops", options: WriteOptions(strict: false)))
                == "PUT /apis/apps/v1/namespaces/ops/deployments/a?fieldManager=sds")
        #expect(
            APIRequest.patch(.json, [], .pod, namespace: "o", name: "a").contentType == "application/json-patch+json")
        let scale = APIRequest.scale(.statefulSet, namespace: "ops", name: "a", replicas: 0, resourceVersion: "5")
        #expect(scale.path == "/apis/apps/v1/namespaces/ops/statefulsets/a/scale")
        #expect(scale.contentType == "application/merge-patch+json")
        #expect(body(scale) == #"{"metadata":{"resourceVersion":"5"},"spec":{"replicas":0}}"#)
    }

    @Test("deletions carry their conditions in the body")
    func deleting() {
        let options = DeleteOptions(propagation: .orphan, uid: "u", resourceVersion: "5", gracePeriodSeconds: 0)
        let request = APIRequest.delete(.pod, namespace: "ops", name: "a", options: options)
        #expect(text(request) == "DELETE /api/v1/namespaces/ops/pods/a")
        #expect(
            body(request)
                == #"{"apiVersion":"v1","gracePeriodSeconds":0,"kind":"DeleteOptions","preconditions":{"resourceVersion":"5","uid":"u"},"propagationPolicy":"Orphan"}"#
        )
        #expect(
            body(.evict(namespace: "ops", pod: "a", version: "v1beta1")).contains(#""apiVersion":"policy/v1beta1""#))
    }

    @Test("logs and exec")
    func pods() {
        #expect(
            text(
                .logs(
                    namespace: "o", pod: "a",
                    options: LogOptions(container: "c", previous: true, tailLines: 20, limitBytes: 9)))
                == "GET /api/v1/namespaces/o/pods/a/log?container=c&previous=true&tailLines=20&limitBytes=9")
        #expect(
            text(.exec(namespace: "o", pod: "a", container: "c", command: ["sh", "-c", "a&b"], stdin: true))
                == "POST /api/v1/namespaces/o/pods/a/exec?command=sh&command=-c&command=a&b&container=c&stdin=true&stdout=true&stderr=true"
        )
    }

    @Test("an access review asks and its answer is read")
    func access() {
        let check = AccessCheck("create", resource: "pods", subresource: "exec", namespace: "ops")
        #expect(check.description == "create pods/exec in namespace ops")
        #expect(body(.accessReview(check)).contains(#""subresource":"exec""#))
        #expect(AccessCheck.isAllowed(["status": ["allowed": true]]))
        #expect(!AccessCheck.isAllowed(["status": [:]]))
    }

    @Test("the conflicts of an apply name manager and field")
    func conflicts() throws {
        let status = try #require(
            APIStatus([
                "kind": "Status", "status": "Failure", "reason": "Conflict", "code": 409,
                "message": "Apply failed with 1 conflict",
                "details": [
                    "causes": [
                        [
                            "reason": "FieldManagerConflict", "message": "conflict with \"kubectl\" using apps/v1",
                            "field": ".spec.replicas",
                        ]
                    ]
                ],
            ]))
        #expect(status.conflicts == [APIStatus.Conflict(manager: "kubectl", field: ".spec.replicas")])
    }

    @Test(
        "an exec's exit code is believed only when it is one",
        arguments: [
            (#"{"status":"Success"}"#, 0),
            (
                #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"2"}]}}"#,
                2
            ),
            (
                #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"300"}]}}"#,
                nil
            ),
            (
                #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":""}]}}"#,
                nil
            ),
            (
                #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"-1"}]}}"#,
                nil
            ),
            (
                #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"0"}]}}"#,
                nil
            ),
            (#"{"status":"Failure","message":"exec: \"tar\": not found"}"#, nil),
        ] as [(String, Int?)])
    func exitCodes(json: String, code: Int?) throws {
        let status = try #require(APIStatus(try JSONValue(parsing: Array(json.utf8))))
        #expect(status.exitCode == code)
    }

    @Test("no status is no success", arguments: ["{}", "[]", #"{"status":"success"}"#, #"{"status":null}"#])
    func noStatus(json: String) throws {
        #expect(APIStatus(try JSONValue(parsing: Array(json.utf8))) == nil)
    }

    @Test("watch events and lists")
    func replies() throws {
        let event = try WatchEvent(["type": "BOOKMARK", "object": ["metadata": ["resourceVersion": "9"]]])
        #expect(event == .bookmark(resourceVersion: "9"))
        #expect(
            try WatchEvent(["type": "ERROR", "object": ["status": "Failure", "code": 410]]).resourceVersion == nil)
        #expect(throws: KubernetesError.self) { try WatchEvent(["type": "NEW", "object": [:]]) }
        let list = try ObjectList(
            [
                "kind": "PodList", "metadata": ["resourceVersion": "3", "continue": ""],
                "items": [["metadata": ["name": "a"]]],
            ],
            type: .pod)
        #expect(list.items[0].key == ObjectKey(kind: "Pod", namespace: nil, name: "a"))
        #expect(list.continueToken == nil)
        #expect(try ObjectList(["kind": "PodList", "metadata": [:], "items": nil], type: .pod).items.isEmpty)
        #expect(throws: KubernetesError.self) { try ObjectList(["kind": "Status"], type: .pod) }
    }
}
