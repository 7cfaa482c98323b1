# make demo      a cluster, images, HySDS running, a job done, grq updated   (README's first command)
# make test      all tests: style, unit, faults, end to end on a real cluster (README's second command)
# make build     the program, as .build/release/sds
# make install   PREFIX=/usr/local: bin/sds, share/sds and share/man/man1
# make unit      the tests that need no cluster
# make soak      the long form of the end-to-end tests, SOAK=60 minutes of load among them
# make lint      style;  make format: put it right
# make golden    write the golden files anew, after a look at the difference
# make down      take the demo down
PREFIX ?= /usr/local

.PHONY: menu demo test soak build install unit lint format golden down
menu:
	@sed -n '/^# /s/^# //p' Makefile

demo:
	Scripts/demo
test:
	Scripts/test
unit:
	Scripts/test --no-cluster
soak:
	SDS_E2E_SOAK=$(or $(SOAK),60) Scripts/test --end-to-end
build:
	Scripts/prepare build
	swift build -c release --static-swift-stdlib --product sds
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/sds
	install -m 755 .build/release/sds $(DESTDIR)$(PREFIX)/bin/sds
	rm -rf $(DESTDIR)$(PREFIX)/share/sds/k8s $(DESTDIR)$(PREFIX)/share/sds/conf $(DESTDIR)$(PREFIX)/share/sds/images
	cp -R k8s conf images $(DESTDIR)$(PREFIX)/share/sds/
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	SDS_SHARE=. .build/release/sds manual $(DESTDIR)$(PREFIX)/share/man/man1
lint:
	swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests
format:
	swift format --in-place --recursive --configuration .swift-format Package.swift Sources Tests
golden:
	SDS_WRITE_GOLDEN=1 swift test --filter GoldenTests
down:
	Scripts/demo --down
