;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  (memory 1)
  (data $d "hello")

  ;; CHECK-LABEL: contract.func @loads(%{{.*}}: i32)
  ;; CHECK: contract.load 32 %{{.*}} + 0 : i32
  ;; CHECK: contract.load 64 %{{.*}} + 8 : i64
  ;; CHECK: contract.load 32 %{{.*}} + 4294967295 : f32
  ;; CHECK: contract.load 64 %{{.*}} + 0 : f64
  ;; CHECK: contract.load signed 8 %{{.*}} + 0 : i32
  ;; CHECK: contract.load 8 %{{.*}} + 0 : i32
  ;; CHECK: contract.load signed 16 %{{.*}} + 0 : i32
  ;; CHECK: contract.load 16 %{{.*}} + 0 : i32
  ;; CHECK: contract.load signed 8 %{{.*}} + 0 : i64
  ;; CHECK: contract.load 8 %{{.*}} + 0 : i64
  ;; CHECK: contract.load signed 16 %{{.*}} + 0 : i64
  ;; CHECK: contract.load 16 %{{.*}} + 0 : i64
  ;; CHECK: contract.load signed 32 %{{.*}} + 0 : i64
  ;; CHECK: contract.load 32 %{{.*}} + 0 : i64
  (func $loads (param i32)
    (drop (i32.load (local.get 0)))
    (drop (i64.load offset=8 (local.get 0)))
    (drop (f32.load offset=0xffffffff (local.get 0)))
    (drop (f64.load (local.get 0)))
    (drop (i32.load8_s (local.get 0)))
    (drop (i32.load8_u (local.get 0)))
    (drop (i32.load16_s (local.get 0)))
    (drop (i32.load16_u (local.get 0)))
    (drop (i64.load8_s (local.get 0)))
    (drop (i64.load8_u (local.get 0)))
    (drop (i64.load16_s (local.get 0)))
    (drop (i64.load16_u (local.get 0)))
    (drop (i64.load32_s (local.get 0)))
    (drop (i64.load32_u (local.get 0))))

  ;; CHECK-LABEL: contract.func @stores
  ;; CHECK: contract.store 32 %c1_i32, %[[A:.*]] + 0 : i32
  ;; CHECK: contract.store 64 %c1_i64, %{{.*}} + 8 : i64
  ;; CHECK: contract.store 32 %{{.*}}, %{{.*}} + 0 : f32
  ;; CHECK: contract.store 64 %{{.*}}, %{{.*}} + 0 : f64
  ;; CHECK: contract.store 8 %c1_i32, %{{.*}} + 0 : i32
  ;; CHECK: contract.store 16 %c1_i32, %{{.*}} + 0 : i32
  ;; CHECK: contract.store 8 %c1_i64, %{{.*}} + 0 : i64
  ;; CHECK: contract.store 16 %c1_i64, %{{.*}} + 0 : i64
  ;; CHECK: contract.store 32 %c1_i64, %{{.*}} + 0 : i64
  (func $stores (param i32)
    (i32.store (local.get 0) (i32.const 1))
    (i64.store offset=8 (local.get 0) (i64.const 1))
    (f32.store (local.get 0) (f32.const 1))
    (f64.store (local.get 0) (f64.const 1))
    (i32.store8 (local.get 0) (i32.const 1))
    (i32.store16 (local.get 0) (i32.const 1))
    (i64.store8 (local.get 0) (i64.const 1))
    (i64.store16 (local.get 0) (i64.const 1))
    (i64.store32 (local.get 0) (i64.const 1)))

  ;; CHECK-LABEL: contract.func @bulk
  ;; CHECK: contract.memory_copy %c1_i32, %c2_i32, %c3_i32
  ;; CHECK: contract.memory_init 0, %c4_i32, %c5_i32, %c6_i32
  ;; CHECK: contract.cost <segment_drop 1>
  ;; CHECK-NEXT: contract.data_drop 0
  ;; CHECK: contract.memory_size
  (func $bulk (result i32)
    (memory.copy (i32.const 1) (i32.const 2) (i32.const 3))
    (memory.init $d (i32.const 4) (i32.const 5) (i32.const 6))
    (data.drop $d)
    memory.size)
)
